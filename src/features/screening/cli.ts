// zxt screening: asks a question as a unit would, advises on businesses line by line, and shows what units asked about somebody.
// API keys of units' systems are managed in features/units/keys.cli.ts.

import { createReadStream } from 'node:fs'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { AppError } from '../../core/errors.ts'
import { OFFICES } from '../debtors/rules.ts'
import { adviseLines, screeningsAbout } from './views.ts'
import type { OfficerInput } from './rules.ts'
import { askScreening } from './commands.ts'
import type { CliSession } from '../../platform/cli/session.ts'

interface AskOptions {
  unit: string
  identifier?: string
  business?: string
  measure?: string
  officer?: string[]
  nominee?: string[]
  json?: true
}

/** Adds `zxt screening ask`, `zxt screening advise` and `zxt screening about`. */
export function screeningCommands(program: Command, session: CliSession): void {
  const { words } = session.terminal
  const screening = program.command('screening').description(words('command.screening'))
  askCommand(screening, session)
  adviseCommand(screening, session)
  aboutCommand(screening, session)
}

function askCommand(screening: Command, { terminal, actor, within }: CliSession): void {
  const { words } = terminal
  screening
    .command('ask')
    .description(words('command.screening_ask'))
    .argument('<name>', words('argument.applicant'))
    .requiredOption('--unit <unit>', words('argument.unit'))
    .option('--identifier <number>', words('option.identifier'))
    .option('--business <text>', words('option.business'))
    .option('--measure <measure>', words('option.measure'))
    .option('--officer <office:name:number...>', words('option.officer'))
    .option('--nominee <office:name:number...>', words('option.nominee'))
    .option('--json', words('option.json'))
    .action((name: string, { unit, measure, json, officer = [], nominee = [], ...given }: AskOptions) =>
      within(async (app) => {
        const shown = await askScreening(app, actor, {
          ...{ name, ...given, unitId: unit, measureId: measure },
          ...{ officers: officer.map(readHolder), nominees: nominee.map(readHolder) },
        })
        if (json === true) return terminal.json(shown)
        const word = (key: string): string => app.catalog.words('screenings', key)
        terminal.say('screening.answer', {
          answer: word(`answer.${shown.answer}`),
          advice: word(`advice.${shown.advice}`),
          asOf: shown.asOf.toISOString(),
          version: shown.listVersion,
        })
        terminal.table(
          [words('heading.name'), words('heading.case'), words('heading.clause'), words('heading.why')],
          (shown.findings ?? []).flatMap((each) =>
            each.measures.map(({ id, clause, sentence }) => [
              `${each.name} ${each.identifier}`,
              `${each.court}${each.caseNo}`,
              clause ?? id,
              sentence,
            ]),
          ),
        )
        if (shown.explanation !== null) terminal.say('screening.explanation', { text: shown.explanation })
      }),
    )
}

/** Reads `director:某某:号码`; the number may be left out. @throws AppError `request_invalid`. */
function readHolder(written: string): OfficerInput {
  const [office, name = '', identifier] = written.split(':')
  const known = OFFICES.find((each) => each === office)
  if (known === undefined) throw new AppError('request_invalid', {}, [{ code: 'office_unknown', values: { offices: OFFICES.join(' ') } }])
  return { office: known, name, identifier }
}

/** Answers JSON lines of a file, or of standard input, one line each. */
function adviseCommand(screening: Command, { terminal, actor, within }: CliSession): void {
  const { words } = terminal
  screening
    .command('advise')
    .description(words('command.screening_advise'))
    .argument('[file]', words('argument.advice_file'))
    .action(async (file: string | undefined) => {
      const lines = (await text(file === undefined || file === '-' ? process.stdin : createReadStream(file))).split(/\r?\n/)
      const answers = await within((app) => adviseLines(app, actor, lines))
      for (const answer of answers) terminal.line(JSON.stringify(answer))
    })
}

/** Lists what units asked about the holder of an identifier, for that person's own request to know it (个保法 45). */
function aboutCommand(screening: Command, { terminal, actor, within }: CliSession): void {
  const { words } = terminal
  screening
    .command('about')
    .description(words('command.screening_about'))
    .argument('<identifier>', words('argument.identifier'))
    .action((identifier: string) => within(async (app) => terminal.json(await screeningsAbout(app, actor, identifier))))
}
