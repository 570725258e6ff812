// zxt screening: asks a question as a unit would, and shows what units asked about somebody. Both run the commands of this feature.
// API keys of units' systems are managed in features/units/keys.cli.ts.

import type { Command } from 'commander'
import { screeningsAbout } from './views.ts'
import { askScreening } from './commands.ts'
import type { CliSession } from '../../platform/cli/session.ts'

interface AskOptions {
  unit: string
  identifier?: string
  business?: string
  measure?: string
  json?: true
}

/** Adds `zxt screening ask` and `zxt screening about`. */
export function screeningCommands(program: Command, session: CliSession): void {
  const { words } = session.terminal
  const screening = program.command('screening').description(words('command.screening'))
  askCommand(screening, session)
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
    .option('--json', words('option.json'))
    .action((name: string, { unit, measure, json, ...given }: AskOptions) =>
      within(async (app) => {
        const shown = await askScreening(app, actor, { name, ...given, unitId: unit, measureId: measure })
        if (json === true) return terminal.json(shown)
        const word = (key: string): string => app.catalog.words('screenings', key)
        terminal.say('screening.answer', {
          answer: word(`answer.${shown.answer}`),
          advice: word(`advice.${shown.advice}`),
          asOf: shown.asOf.toISOString(),
          version: shown.listVersion,
        })
        terminal.table(
          [words('heading.way'), words('heading.name'), words('heading.case'), words('heading.measures')],
          (shown.findings ?? []).map((each) => [
            word(`way.${each.way}`),
            `${each.name} ${each.identifier}`,
            `${each.court}${each.caseNo}`,
            each.measures.map((reached) => `${reached.id} ${reached.title}`).join('、'),
          ]),
        )
        if (shown.explanation !== null) terminal.say('screening.explanation', { text: shown.explanation })
      }),
    )
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
