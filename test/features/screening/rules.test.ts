// Whom the list reaches: each relation, namesakes, mistyped numbers, resting and retained measures, and the advice on top of the clauses.
// Logging questions and notifying the leading group are tested in commands.test.ts.

import { expect } from 'chai'
import { isAppError } from '../../../src/core/errors.ts'
import type { Measure } from '../../../src/features/units/measures.rules.ts'
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

const only = (id: string): Measure[] => measures.filter((measure) => measure.id === id)

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
  resting: [],
  retained: null,
  termEndedOn: null,
}
const COMPANY_LISTED: Entry = { ...PERSON_LISTED, kind: 'organisation', name: COMPANY, identifier: USCC }

function ask(
  input: SubjectInput,
  entries: readonly Entry[],
  asked: readonly Measure[] = measures,
  business: string | null = null,
): ScreeningResult {
  return screen(readSubject(input), entries, { measures: asked, business })
}

const reached = (screened: ScreeningResult): string[] => screened.findings.flatMap(({ measures: found }) => found.map(({ id }) => id))

describe('the answer to a screening (P30)', () => {
  const listedOfficer = (office: 'director' | 'legal_representative'): SubjectInput => ({
    name: COMPANY,
    identifier: USCC,
    officers: [{ office, name: NAME, identifier: ID }],
  })
  const directorOf = { ...COMPANY_LISTED, officers: [{ office: 'director' as const, name: NAME, identifier: ID }] }
  const headOf = { ...COMPANY_LISTED, officers: [{ office: 'legal_representative' as const, name: NAME, identifier: ID }] }
  const itself = { name: NAME, identifier: ID }

  it('finds a listed director of an applicant where the text names directors, and not elsewhere', () => {
    const credit = ask(listedOfficer('director'), [PERSON_LISTED], only('5.3'), '流动资金贷款')
    expect(credit).to.include({ answer: 'hit', advice: 'reference' })
    expect(credit.findings[0]).to.include({ relation: 'officer_of_applicant', office: 'director' })
    expect(credit.findings[0]?.measures[0]).to.include({ id: '5.3', clause: '5.3a', business: '融资授信' })
    const founding = ask(listedOfficer('director'), [PERSON_LISTED], only('1.1'), '设立小额信贷公司')
    expect(founding).to.include({ answer: 'none', advice: 'none', beyond: 1 })
    // A company that is asked about without its officers is not reached through a listed officer.
    expect(ask({ name: COMPANY, identifier: USCC }, [PERSON_LISTED], only('5.3'), '贷款').answer).to.equal('none')
  })

  it('restricts the head of a listed organisation where the text names the side, and a director nowhere', () => {
    expect(ask(itself, [headOf], only('7.1'), 'G字头动车组列车任何座位')).to.include({ answer: 'hit', advice: 'restrict' })
    expect(ask(itself, [directorOf], only('7.1'), 'G字头动车组列车任何座位')).to.include({ answer: 'none', advice: 'none' })
    expect(ask(itself, [headOf], only('5.3'), '贷款')).to.include({ answer: 'none', advice: 'none' })
  })

  it('asks about officers and nominees of an applicant in one question, and tells them apart', () => {
    const nominees = [{ office: 'director', name: NAME, identifier: ID }] as const
    const board = ask({ name: COMPANY, identifier: USCC, nominees }, [PERSON_LISTED], only('3.1'), '公司设立登记')
    expect(board).to.include({ answer: 'hit', advice: 'restrict' })
    expect(board.findings[0]).to.include({ relation: 'nominee', office: 'director' })
    expect(board.findings[0]?.measures[0]?.clause).to.equal('3.1a')
    // The head of a listed organisation may not become a director either, and its director may.
    const side = ask({ name: COMPANY, nominees }, [headOf], only('3.1'), '公司设立登记')
    expect(side.findings[0]).to.include({ relation: 'side_of_listed_organisation', office: 'legal_representative' })
    expect(side.findings[0]?.measures[0]?.clause).to.equal('3.1b')
    expect(ask({ name: COMPANY, nominees }, [directorOf], only('3.1'), '公司设立登记').answer).to.equal('none')
    const principal = [{ office: 'principal', name: NAME, identifier: ID }] as const
    expect(ask({ name: COMPANY, nominees: principal }, [headOf], only('3.1'), '公司设立登记').answer).to.equal('none')
    // An officer who stays what he is, is nobody's nominee.
    expect(ask(listedOfficer('director'), [PERSON_LISTED], only('3.1'), '公司设立登记').answer).to.equal('none')
    const both = ask({ ...listedOfficer('director'), nominees }, [PERSON_LISTED], only('3.1'), '公司董事备案')
    expect(both.findings.map(({ relation }) => relation)).to.deep.equal(['nominee'])
  })

  it('advises by clause and business, and not by the measure', () => {
    const advice = (id: string, business: string | null): string => ask(itself, [PERSON_LISTED], only(id), business).advice
    expect(advice('1.1', '设立村镇银行')).to.equal('reference')
    expect(advice('1.1', '设立小额信贷公司')).to.equal('restrict')
    expect(advice('4.1', '货物报关')).to.equal('strict_review')
    expect(advice('7.3', '旅游度假区内消费')).to.equal('limit')
    expect(advice('9.4', '法院查询电话号码')).to.equal('assist')
    expect(advice('10.1', '随机抽查')).to.equal('supervise')
    expect(advice('7.1', 'D字头动车组二等座')).to.equal('none')
    for (const business of [null, '其他', '药品经营许可和烟草专卖零售许可'])
      expect(advice('4.2', business), String(business)).to.equal('person_decides')
  })

  it('gives the strongest advice of several findings', () => {
    const credit = ask(listedOfficer('legal_representative'), [PERSON_LISTED, COMPANY_LISTED], only('5.3'), '贷款')
    expect(credit.advice).to.equal('strict_review')
    expect(credit.findings.map(({ measures: [measure] }) => measure?.advice)).to.have.members(['reference', 'strict_review'])
  })

  it('leaves to a person an entry whose term has run out, whatever the clause orders, and keeps what restricts nobody', () => {
    const over = { ...PERSON_LISTED, termEndedOn: '2026-11-01' }
    const founding = ask(itself, [over], only('1.1'), '设立小额信贷公司')
    expect(founding).to.include({ answer: 'hit', advice: 'person_decides' })
    expect(founding.findings[0]?.termEndedOn).to.equal('2026-11-01')
    expect(ask(itself, [over], only('9.4'), '法院查询电话号码').advice).to.equal('assist')
    expect(ask(itself, [over, { ...PERSON_LISTED, caseNo: '（2026）云3401执124号' }], only('1.1'), '设立小额信贷公司').advice).to.equal(
      'restrict',
    )
  })

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
    expect(ask({ name: COMPANY, identifier: USCC }, [renewed]).answer).to.equal('review')
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

  it('advises not to apply what rests, by measure, and goes by the others', () => {
    const allRest: Entry = { ...PERSON_LISTED, resting: 'all' }
    expect(ask(itself, [allRest])).to.include({ answer: 'hit', advice: 'do_not_apply' })
    expect(ask({ name: NAME }, [allRest]).advice).to.equal('do_not_apply')
    const trainRests: Entry = { ...PERSON_LISTED, resting: ['7.1'] }
    expect(ask(itself, [trainRests], only('7.1'), '软卧').advice).to.equal('do_not_apply')
    expect(ask(itself, [trainRests], only('7.2'), '五星级酒店住宿').advice).to.equal('restrict')
    const shown = ask(itself, [trainRests], [...only('7.1'), ...only('7.2')]).findings[0]?.measures
    expect(shown?.map(({ id, suspended }) => [id, suspended])).to.deep.equal([
      ['7.1', true],
      ['7.2', false],
    ])
    const other = { ...PERSON_LISTED, listingId: '01M81ZJK12XTFTYW6TKHXAKXPK' }
    expect(ask(itself, [allRest, other], only('7.1'), '软卧').advice).to.equal('restrict')
    expect(ask(itself, [allRest, { ...other, identifier: OTHER_ID }]).advice).to.equal('do_not_apply')
  })

  it('shows after an exit only the measures that this unit retained', () => {
    const [first, second] = [...only('1.1'), ...only('1.4')] as [Measure, Measure]
    const kept = { ...PERSON_LISTED, retained: { measureIds: [first.id], basis: '某条例第九条', until: '2027-06-30' } }
    expect(reached(ask({ name: NAME, identifier: ID }, [kept]))).to.deep.equal([first.id])
    expect(ask({ name: NAME, identifier: ID }, [kept], [second]).answer).to.equal('none')
    const all = { ...kept, retained: { ...kept.retained, measureIds: [] } }
    expect(reached(ask({ name: NAME, identifier: ID }, [all])).length).to.be.above(20)
    expect(ask({ name: NAME, identifier: ID }, [all]).findings[0]?.retained).to.deep.equal({ basis: '某条例第九条', until: '2027-06-30' })
  })

  it('leaves the decision to a person where several measures were looked at', () => {
    expect(ask(itself, [PERSON_LISTED]).advice).to.equal('person_decides')
    expect(ask(itself, [PERSON_LISTED], measures, '软卧').advice).to.equal('person_decides')
  })

  it('shows certain findings first and at most FINDINGS of them', () => {
    const many = Array.from({ length: FINDINGS + 7 }, (_, n) => ({ ...PERSON_LISTED, listingId: `L${n}`, identifier: OTHER_ID }))
    const officers = [
      { office: 'director', name: NAME },
      { office: 'supervisor', name: NAME, identifier: ID },
    ] as const
    const found = ask({ name: COMPANY, officers }, [...many, PERSON_LISTED])
    expect(found.findings).to.have.length(FINDINGS)
    expect(found.findings[0]).to.include({ certain: true, relation: 'officer_of_applicant' })
    expect(found.more).to.be.above(0)
  })
})
