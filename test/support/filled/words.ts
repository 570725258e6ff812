// Personal words that the filled court of this folder holds: what must be sealed everywhere, and what stands in plain today.
// Each word is stored by a command, so that a search which finds none of them has looked for something that is there.

import { born } from '../drafts.ts'

/** Identity numbers. */
export const NUMBERS = {
  debtor: '533421198410140222',
  undisclosed: born('19750312'),
  corrected: born('19880808'),
  cleared: born('19790423'),
  imported: born('19910921'),
  /** Its check digit is wrong, so that its row is refused. */
  refused: '533421199307150020',
  officer: born('19660606'),
  subject: born('19930909'),
  batched: born('19951123'),
  denounced: '533401198709040343',
} as const

/** Mobile numbers, as people type them. */
export const PHONES = {
  debtor: '13900001111',
  applicant: '13988120001',
  imported: '13988120002',
  /** One digit is missing. */
  mistyped: '1398812001',
  liaison: '13988120003',
  subscriber: '13988120004',
  staff: '13988120005',
  complainant: '13887112233',
  creditor: '13988120007',
  caller: '13988120006',
  /** The sandbox refuses numbers that end so. */
  refused: '13988120000',
} as const

/** Openids of the official account and contacts of the court's own account. */
export const ACCOUNTS = {
  liaison: 'oLiaisonAccount0000000000001',
  station: 'oStationAccount0000000000002',
  subscriber: 'oSubscriberAccount0000000003',
  staff: 'oStaffAccount000000000000004',
  debtor: 'oDebtorAccount00000000000005',
  complainant: 'oYangzong_0123456789',
  creditor: 'oCreditorAccount0000000000008',
  talker: 'oTalkerAccount00000000000006',
  waiting: 'oWaitingAccount0000000000007',
  contact: 'wxid_liaison_contact_0001',
} as const

/** Sentences and names that people wrote, said or handed in: sealed wherever they are stored. */
export const SAID = {
  oldAddress: '建塘镇更正以前的住址九号',
  officerName: '此里农布',
  officerNameInFile: '格茸旺堆',
  addressInFile: '尼西乡汤堆村十二号',
  objection: '异议人说欠款已在七月付清并附转账凭证',
  objectionReason: '合议庭认为异议人的付款与本案无关',
  intake: '申请人通过对话说判决送达地址写错了',
  intakeDeclined: '书记员认为该申请应当另案提出',
  creditorName: '鲁茸追玛',
  creditor: '债权人说对方把木材厂过户给了妻弟',
  creditorReason: '审查人认为过户发生在判决以前',
  repair: '修复申请人说三年来一直做护林员',
  repairReason: '审判员认为修复申请人确已改过',
  retentionRefused: '书记员查明其罚款上月已经缴清',
  liftToldBy: '电力公司的向某打电话告知',
  liftRemark: '其账户的冻结同日撤下',
  noticeFacts: '协助事项写明其正在办理采矿登记',
  noticeAnswer: '国土窗口回复登记已经停办',
  noticeDoubt: '国土窗口认为被通知人并非登记人',
  noticeLift: '债权人同意解除并当面签字',
  shortfall: '该单位窗口人员放过了一笔土地出让',
  proposalReason: '联席办认为窗口人员应负责任',
  circularPerson: '阿茸顿珠',
  circularWithdrawn: '通报内容与窗口记录不符故撤回',
  interviewMinutes: '约谈中局长承认没有查名单',
  interviewFinding: '约谈之后窗口仍然没有查名单',
  transfer: '窗口人员涉嫌收受好处应予移送',
  consequence: '取消评优是因为窗口人员屡次放行',
  foreword: '联合通报点名前言里的批评意见',
  agenda: '会议议程第三项讨论局长的处分',
  meetingMinutes: '会议纪要写明局长已作检讨',
  doubt: '联席办不相信担保已经足额',
  approvalReason: '申请人提供了茶马古道旁的房产担保',
  screenedName: '鲁茸吉称',
  batchedName: '斯那拉姆',
  business: '办理虫草收购站的开业贷款',
  screeningFile: '格茸拉姆的贷款申请.csv',
  feedbackNote: '反馈说明本季度放行了一笔茶叶贷款',
  complainantName: '央宗卓玛',
  complaint: '没有查名单，我在隔壁窗口亲眼看见。',
  place: '政务大厅三号柜台旁',
  evidence: 'Evidence: the clerk at window three took the deed',
  chatEvidence: 'Evidence from the chat: he boards the plane to Kunming',
  brief: '请查明三号柜台当日的值班人',
  findings: '经查当日值班人确实没有查名单',
  outcome: '已对当日值班人作出书面告诫',
  order: '请对其冻结名下的虫草收购许可',
  reply: '感谢您的反映，值班人已受告诫',
  sentence: '我家住在独克宗古城的转经筒旁边',
  clerkAnswer: '请您明天带着户口簿到立案窗口来',
  handoffNote: '来电时说话很急，已安抚两次',
  waiting: '我昨天在古城丢了判决书该怎么办',
  position: '他欠我的虫草款一直没有还',
  mediaSource: 'MEDIA-OF-THE-TALKER-0001',
  token: 'provider-access-token-0001',
} as const

/** Names and sentences about people that stand in plain today; in which columns, the test of sealed columns says. */
export const STATED = {
  listedName: '扎西某',
  undisclosedName: '不公开的七林某',
  undisclosedEmployer: '不公开者所在的某某林场',
  representative: '卓玛某',
  applicantName: '申请执行人农布某',
  liaisonName: '联络员和某',
  subscriberName: '订阅者木某',
  staffName: '书记员杨某',
  keyLabel: '不动产登记系统由李某保管',
  fileName: '鲁茸定主手里的名单.csv',
  serviceManner: '送达时交给其兄长签收',
  rejected: '退回时写明承办人写错了住址',
  correction: '更正理由写明住址属于其前妻',
  errorFound: '其前妻来电指出住址有误',
  exit: '屏蔽理由写明其父代为还款',
  revocation: '撤销理由写明同名者才是债务人',
  retention: '《某某法》第十条，因其本人仍欠罚款',
  toldManner: '当面告知了值班的和某',
  opinion: '不同意修复，因其本人仍欠电费',
  reference: '给局长李某的处分建议一号',
  batchKey: '批次由春主某的经办人发起',
  itemKey: '春主某的贷款卷宗',
  duty: '由其邻居阿布转交了通知书',
  lost: '其妻拒收并称其已离家出走',
} as const

export const SECRET_WORDS: readonly string[] = [NUMBERS, PHONES, ACCOUNTS, SAID].flatMap((each) => Object.values(each))
