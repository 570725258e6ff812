// Sets a database back to before rows had proofs, as somebody with the key could, or as the previous version left it.

import type { AppContext } from '../../src/platform/commands/command.ts'

/** Takes away every proof and every mark of this version, and asks the next start to make proofs. */
export async function unproved({ store }: Pick<AppContext, 'store'>): Promise<void> {
  await store.write(async (tx) => {
    for (const { name, protection } of store.tables) if (protection.proof !== null) await tx.run(`update \`${name}\` set proof = null`)
    // A signature of the earlier form; nobody verifies it here.
    await tx.run("update listing set seal = replace(seal, '.~', '.')")
    await tx.run("delete from counter where name = 'proofs.missing'")
    await tx.run("insert into counter (name, value) values ('proofs.missing', 1)")
  })
}
