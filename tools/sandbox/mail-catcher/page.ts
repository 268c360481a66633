import { escapeHtml } from '../html.ts'
import type { Mail } from './mailbox.ts'

/**
 * The mailbox as a page for people: no script, so a mail can be looked at without running any of it. What a mail says
 * is set apart from the text around it (`dir`), whichever way it is written.
 */
export function page(mails: Mail[]): string {
  const items = mails
    .map(
      (
        mail,
      ) => `<details><summary><time>${escapeHtml(mail.receivedAt)}</time> <b dir="auto">${escapeHtml(mail.subject)}</b>
<span>${escapeHtml(mail.to.join(', '))}</span></summary><pre dir="auto">${escapeHtml(mail.text)}</pre></details>`,
    )
    .join('\n')
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mail catcher</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
details { border-top: 1px solid #ddd; padding: .5rem 0 } summary { cursor: pointer }
time, span { color: #666; margin-right: .75rem } b { margin-right: .75rem } pre { white-space: pre-wrap }
</style>
<h1>Mail catcher</h1><p>The newest ${mails.length} mails. Nothing that comes here leaves this machine.</p>
${items || '<p>No mail yet.</p>'}
</html>`
}
