// Writes the pages of docs/ that are generated from the code (`npm run docs`).
// Their content is configuration-page.ts.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectFolder, SETTINGS } from '../src/config/config.ts'
import { CONFIGURATION_PAGE, configurationPage } from './configuration-page.ts'

await writeFile(join(projectFolder(), CONFIGURATION_PAGE), await configurationPage(SETTINGS))
console.log(`${CONFIGURATION_PAGE}: ${Object.keys(SETTINGS).length} settings`)
