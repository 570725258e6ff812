// zxt screening: asking as a unit would, to try it out, and what was asked about somebody. What happens is features/screening/commands.
// Keys of units' systems are unit-keys.ts.

import type { Command } from 'commander'
import { screeningsAbout } from './views.ts'
import { askScreening } from './commands.ts'
import type { CliSession } from '../../platform/cli/session.ts'

interface Asking {
  unit: string
  identifier?: string
  business?: string
  measure?: string
  json?: true
}

export function screeningCommands(program: Command, desk: CliSession): void {
  const { words } = desk.terminal
  const screening = program.command('screening').description(words('command.screening'))
  askCommand(screening, desk)
  aboutCommand(screening, desk)
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
    .action((name: string, { unit, measure, json, ...given }: Asking) =>
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

/** What units asked about one holder of an identifier: for their own request to know it (个保法 45). */
function aboutCommand(screening: Command, { terminal, actor, within }: CliSession): void {
  const { words } = terminal
  screening
    .command('about')
    .description(words('command.screening_about'))
    .argument('<identifier>', words('argument.identifier'))
    .action((identifier: string) => within(async (app) => terminal.json(await screeningsAbout(app, actor, identifier))))
}
