// Where every command of package.json begins, on whatever Node there is: written so that the oldest can read it.
//
//   node tools/bootstrap.cjs <command> [arguments]     runs tools/<command>.ts or tools/<command>/main.ts

'use strict'

const version = process.versions.node.split('.')
// The first of Node 20 that has all that is needed until Node 24, one of the dependencies, takes over.
if (Number(version[0]) < 20 || (Number(version[0]) === 20 && Number(version[1]) < 6)) {
  process.stderr.write(
    `MyHotel needs Node 20.6 or newer, and this is Node ${process.versions.node}: install a newer one (with nvm, type: nvm install 24), then type the command again.\n`,
  )
  process.exit(1)
}

// Ctrl-C while the rest is being loaded finds nothing to stop.
function stopped() {
  if (process.argv[2] === 'start')
    process.stdout.write('Stopped before MyHotel was ready; nothing is left running.\n')
  process.exit(130)
}
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
for (const signal of signals) process.on(signal, stopped)

require('./bootstrap/load.cjs').then((bootstrap) => {
  for (const signal of signals) process.removeListener(signal, stopped)
  return bootstrap.main(process.argv[2] || '', process.argv.slice(3))
})
