// Whom the list reaches, for all 42 measures: each direction from each side, namesakes, mistyped numbers, suspended and retained measures.
// Logging questions and notifying the leading group are tested in commands.test.ts.

import { expect } from 'chai'
import { isAppError } from '../../../src/core/errors.ts'
import type { Measure } from '../../../src/features/units/measures.rules.ts'
import { OFFICES, type Office } from '../../../src/features/debtors/rules.ts'
import {
  FINDINGS,
  readSubject,
  screen,
  type Entry,
  type ScreeningResult,
  type SubjectInput,
} from '../../../src/features/screening/rules.ts'
import { born, ORGANISATION, PERSON } from '../../support/drafts.ts'
import { idCheckDigit, usccCheckDigit } from '../../../src/core/identifiers.ts'
import { readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'

const { measures } = await readCatalogue('templates')

/** One measure that leaves no judgement. */
const FIRM = measures.filter((measure) => !measure.needsPerson && measure.appliesTo === 'both').slice(0, 1)

const NAME = String(PERSON['name'])
const ID = String(PERSON['identifier'])
const COMPANY = String(ORGANISATION['name'])
const USCC = String(ORGANISATION['identifier'])
const OTHER_ID = born('19900101')

const PERSON_LISTED: Entry = {
  listingId: '01M81ZJK12XTFTYW6TKHXAKXPJ',
  kind: 'person',
  name: NAME,
  identifier: ID,
  officers: [],
  court: '香格里拉市人民法院',
  caseNo: '（2026）云3401执123号',
  suspended: false,
  retained: null,
}
const COMPANY_LISTED: Entry = { ...PERSON_LISTED, kind: 'organisation', name: COMPANY, identifier: USCC }

function ask(input: SubjectInput, entries: readonly Entry[], asked: readonly Measure[] = measures): ScreeningResult {
  return screen(readSubject(input), entries, asked)
}

const reached = (screened: ScreeningResult): string[] => screened.findings.flatMap(({ measures: found }) => found.map(({ id }) => id))

describe('the answer to a screening (P30)', () => {
  it('covers the 42 measures of the policy in three directions', () => {
    expect(measures).to.have.length(42)
    expect(new Set(measures.map(({ direction }) => direction)).size).to.equal(3)
  })

  for (const measure of measures) {
    const { id, direction, targets, appliesTo } = measure
    const reachesOffice = (office: Office, way: string): boolean => direction === way && targets.includes(office)

    it(`lets measure ${id} reach a listed debtor of the kind to which it applies`, () => {
      const person = ask({ name: NAME, identifier: ID }, [PERSON_LISTED], [measure])
      expect(person.answer).to.equal(appliesTo === 'organisation' ? 'none' : 'hit')
      const company = ask({ name: COMPANY, identifier: USCC }, [COMPANY_LISTED], [measure])
      expect(company.answer).to.equal(appliesTo === 'person' ? 'none' : 'hit')
    })

    it(`lets measure ${id} reach officers from the side of its direction only`, () => {
      for (const office of OFFICES) {
        const listedCompany = { ...COMPANY_LISTED, officers: [{ office, name: NAME, identifier: ID }] }
        const officer = ask({ name: NAME, identifier: ID }, [listedCompany], [measure])
        expect(officer.answer, `${office} of a listed company`).to.equal(reachesOffice(office, 'debtor_side') ? 'hit' : 'none')
        const applicant = { name: COMPANY, identifier: USCC, officers: [{ office, name: NAME, identifier: ID }] }
        const company = ask(applicant, [PERSON_LISTED], [measure])
        expect(company.answer, `a company with a listed ${office}`).to.equal(reachesOffice(office, 'applicant_side') ? 'hit' : 'none')
        // A company that is asked about without its officers is not reached through a listed officer.
        expect(ask({ name: COMPANY, identifier: USCC }, [PERSON_LISTED], [measure]).answer).to.equal('none')
        for (const screened of [officer, company]) if (screened.answer === 'none') expect(screened.beyond).to.equal(1)
      }
    })
  }

  it('treats another number as another person, and a name alone as a case for review', () => {
    expect(ask({ name: NAME, identifier: OTHER_ID }, [PERSON_LISTED])).to.include({ answer: 'none', advice: 'no_record' })
    const nameAlone = ask({ name: NAME }, [PERSON_LISTED])
    expect(nameAlone).to.include({ answer: 'review', advice: 'check_identity' })
    expect(nameAlone.findings[0]).to.include({ certain: false, identifier: '**************0222' })
    expect(ask({ name: '别的人' }, [PERSON_LISTED]).answer).to.equal('none')
    expect(ask({ name: COMPANY }, [PERSON_LISTED, COMPANY_LISTED]).findings).to.have.length(1)
  })

  it('asks for review of a namesake with the same birth day and sex, and of a company whose code was renewed', () => {
    const woman = `${ID.slice(0, 14)}882`
    expect(ask({ name: NAME, identifier: woman + idCheckDigit(woman) }, [PERSON_LISTED]).answer).to.equal('review')
    const man = `${ID.slice(0, 14)}881`
    expect(ask({ name: NAME, identifier: man + idCheckDigit(man) }, [PERSON_LISTED]).answer).to.equal('none')
    const renewed = { ...COMPANY_LISTED, identifier: `91533401MA6K00000${usccCheckDigit('91533401MA6K00000')}` }
    expect(screen(readSubject({ name: COMPANY, identifier: USCC }), [renewed], measures).answer).to.equal('review')
  })

  it('finds an equal number under another name, and advises to check the identity', () => {
    const found = ask({ name: '扎西某某', identifier: ID }, [PERSON_LISTED])
    expect(found).to.include({ answer: 'hit', advice: 'check_identity' })
    expect(found.findings[0]?.nameDiffers).to.equal(true)
  })

  it('reads numbers of fifteen digits, full-width numbers and numbers with blanks', () => {
    const old = ID.slice(0, 6) + ID.slice(8, 17)
    const upgraded = readSubject({ name: NAME, identifier: old }).identifier
    expect(upgraded).to.equal(ID)
    for (const identifier of [
      old,
      ` ${ID.slice(0, 6)} ${ID.slice(6)} `,
      ID.replace(/\d/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
    ])
      expect(ask({ name: ` ${NAME} `, identifier }, [PERSON_LISTED]).answer).to.equal('hit')
  })

  it('refuses input that could find nobody, naming every problem and no complete number', () => {
    const wrong = ID.slice(0, 17) + (ID.endsWith('0') ? '1' : '0')
    try {
      readSubject({ name: '某', identifier: wrong, officers: [{ office: 'director', name: '', identifier: '123' }] })
      expect.fail('was read')
    } catch (error) {
      if (!isAppError(error, 'screening_subject_wrong')) throw error
      expect(error.problems.map(({ code, field }) => `${code} ${field}`)).to.deep.equal([
        'name_form name',
        'id_check_wrong identifier',
        'name_form officers.0.name',
        'identifier_form officers.0.identifier',
      ])
      expect(JSON.stringify(error.problems)).not.to.include(wrong)
    }
    expect(() => readSubject({ name: NAME, identifier: ID, officers: [{ office: 'director', name: NAME }] })).to.throw(
      'screening_subject_wrong',
    )
  })

  it('advises not to apply suspended measures, and goes by the others', () => {
    const suspendedEntry = { ...PERSON_LISTED, suspended: true }
    expect(ask({ name: NAME, identifier: ID }, [suspendedEntry])).to.include({ answer: 'hit', advice: 'do_not_apply' })
    expect(ask({ name: NAME }, [suspendedEntry]).advice).to.equal('do_not_apply')
    const other = { ...PERSON_LISTED, listingId: '01M81ZJK12XTFTYW6TKHXAKXPK' }
    expect(ask({ name: NAME, identifier: ID }, [suspendedEntry, other], FIRM).advice).to.equal('restrict')
    expect(ask({ name: NAME, identifier: ID }, [suspendedEntry, { ...other, identifier: OTHER_ID }]).advice).to.equal('do_not_apply')
  })

  it('shows after an exit only the measures that this unit retained', () => {
    const [first, second] = measures.filter((measure) => measure.appliesTo === 'both') as [Measure, Measure]
    const kept = { ...PERSON_LISTED, retained: { measureIds: [first.id], basis: '某条例第九条', until: '2027-06-30' } }
    expect(reached(ask({ name: NAME, identifier: ID }, [kept]))).to.deep.equal([first.id])
    expect(ask({ name: NAME, identifier: ID }, [kept], [second]).answer).to.equal('none')
    const all = { ...kept, retained: { ...kept.retained, measureIds: [] } }
    expect(reached(ask({ name: NAME, identifier: ID }, [all])).length).to.be.above(20)
    expect(ask({ name: NAME, identifier: ID }, [all]).findings[0]?.retained).to.deep.equal({ basis: '某条例第九条', until: '2027-06-30' })
  })

  it('leaves the decision to a person where the article leaves a judgement', () => {
    const soft = measures.filter((measure) => measure.needsPerson && measure.appliesTo !== 'organisation')
    expect(soft.length).to.be.above(0)
    expect(ask({ name: NAME, identifier: ID }, [PERSON_LISTED], soft).advice).to.equal('person_decides')
    expect(ask({ name: NAME, identifier: ID }, [PERSON_LISTED], FIRM).advice).to.equal('restrict')
    expect(ask({ name: NAME, identifier: ID }, [PERSON_LISTED]).advice, 'several measures').to.equal('person_decides')
  })

  it('shows certain findings first and at most FINDINGS of them', () => {
    const many = Array.from({ length: FINDINGS + 7 }, (_, n) => ({ ...PERSON_LISTED, listingId: `L${n}`, identifier: OTHER_ID }))
    const officers = [
      { office: 'director', name: NAME },
      { office: 'supervisor', name: NAME, identifier: ID },
    ] as const
    const found = ask({ name: COMPANY, officers }, [...many, PERSON_LISTED])
    expect(found.findings).to.have.length(FINDINGS)
    expect(found.findings[0]).to.include({ certain: true, way: 'officer_of_applicant' })
    expect(found.more).to.be.above(0)
  })
})
