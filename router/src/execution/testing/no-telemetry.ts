// The gateway reports to its makers unless this is set when it is created. Imported before it.
// biome-ignore lint/style/noProcessEnv: written, not read.
process.env.APOLLO_TELEMETRY_DISABLED = '1'
