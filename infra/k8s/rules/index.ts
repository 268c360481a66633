import { connectionRules } from './connections.ts'
import { podRules } from './pods.ts'
import { rollOutRules } from './roll-outs.ts'
import type { Rule } from './rule.ts'
import { settingRules } from './settings.ts'

/** Everything that manifests have to be, besides being valid. */
export const rules: readonly Rule[] = [...podRules, ...rollOutRules, ...connectionRules, ...settingRules]
