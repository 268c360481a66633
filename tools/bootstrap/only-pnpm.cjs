// Runs before an installation (npm's own checks of "engines" come first): this repository is a workspace of pnpm.

'use strict'

if (!/^pnpm\//.test(process.env.npm_config_user_agent || '')) {
  process.stderr.write(
    'MyHotel is installed by pnpm only. Type: npm run setup (npm start and npm test do it, too).\n',
  )
  process.exit(1)
}
