-- Requests of the files that load.ts writes, in turn; prints what was measured as one line of JSON.

local expect = os.getenv("BENCH_EXPECT")
local from = tonumber(os.getenv("BENCH_FROM") or "0")

local function lines(name)
  local all = {}
  for line in io.lines(os.getenv(name)) do all[#all + 1] = line end
  return all
end

local documents, tokens, requests = lines("BENCH_DOCUMENTS"), lines("BENCH_TOKENS"), lines("BENCH_REQUESTS")
local number = from
local headers = { ["content-type"] = "application/json" }
-- Of each thread; the only one counts what the answers say.
unexpected, examples = 0, ""
local thread

function setup(given) thread = given end

function request()
  local line = requests[number % #requests + 1]
  number = number + 1
  local document, token, variables = line:match("^(%d+)\t([%d-]+)\t(.*)$")
  headers.authorization = token ~= "-" and ("Bearer " .. tokens[tonumber(token) + 1]) or nil
  return wrk.format("POST", nil, headers, documents[tonumber(document) + 1] .. variables .. "}")
end

if expect then
  local kept = 0
  function response(status, _, body)
    if body:find(expect, 1, true) then return end
    unexpected = unexpected + 1
    if kept < 5 then
      kept = kept + 1
      examples = examples .. status .. " " .. body:sub(1, 300):gsub("\n", " ") .. "\n"
    end
  end
end

function done(summary, latency)
  local errors = summary.errors
  local function ms(percent) return latency:percentile(percent) / 1000 end
  -- An answer of another status lacks the expected text, too, and is counted once.
  local wrong = expect and thread:get("unexpected") or errors.status
  io.write(string.format(
    'RESULT\t{"seconds":%.6f,"answered":%d,"p50":%.3f,"p95":%.3f,"p99":%.3f,"max":%.3f,"errors":%d}\n',
    summary.duration / 1e6, summary.requests, ms(50), ms(95), ms(99), latency.max / 1000,
    errors.connect + errors.read + errors.write + errors.timeout + wrong))
  for line in (thread:get("examples") or ""):gmatch("[^\n]+") do io.write("EXAMPLE\t" .. line .. "\n") end
end
