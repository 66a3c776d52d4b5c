import type { LeaseTexts } from '../ui/lease/texts.js'
import type { PresenceTexts } from '../ui/texts.js'

const next = (position: number) => (position === 1 ? '次はあなたの番です' : `あなたは${position}番目です`)
const here = (isEdited: boolean) => (isEdited ? 'います。ページは編集中です' : 'います')

/** The texts of `<page-presence>` in Japanese. */
export const presenceTexts: PresenceTexts = {
  people: (count) => `${count}人がこのページを見ています`,
  others: (count) => `ほかに${count}人がこのページを見ています`,
  here: (count, isEdited) => `${count}人が${here(isEdited)}`,
  othersHere: (count, isEdited) => `ほかに${count}人が${here(isEdited)}`,
  yourself: 'あなたがいます',
  you: 'あなた',
  someone: '名前のない人',
  initialled: (initials) => `イニシャルが${initials}の人`,
  namesake: (name) => `${name}（別の人）`,
  person: (name, details) => [name, ...details].join('、'),
  editing: 'ページを編集中',
  editingSection: 'セクションを編集中',
  away: '離席中',
  hidden: 'ここにいることはあなたにだけ見えています',
  typing: '入力中',
  section: (name) => `${name}にいます`,
  tabs: (count) => `タブ${count}個`,
  showEveryone: (hidden) => `ほか${hidden}人、全員を表示`,
  showNames: '全員を表示',
  everyone: 'このページにいる全員',
  unlisted: (count) => `ほか${count}人`,
  editorChanged: (name) => `${name}さんがこのページを編集しています`,
  youEdit: 'あなたがこのページを編集しています',
  refused: (name, position) => `${name}さんがこのページを編集しています。${next(position)}。`,
  refusedElsewhere: (position) => `別のタブでこのページを編集しています。${next(position)}。`,
  mayNotEdit: 'このページを編集する権限がありません。',
  reconnecting: '再接続中…',
}

const it = (section: string | undefined) =>
  section === undefined ? 'このページ' : `セクション「${section}」`
const named = (who: string | undefined) => (who === undefined ? 'あなたの別のタブ' : `${who}さん`)

/** The texts of `<page-lease>` in Japanese. */
export const leaseTexts: LeaseTexts = {
  you: 'あなた',
  someone: '名前のない人',
  initialled: (initials) => `イニシャルが${initials}の人`,
  namesake: (name) => `${name}（別の人）`,
  signedOut: 'サインアウトしているため、ほかの人にあなたは見えません。',
  refused: (reason) => `サービスがこのページを受け付けませんでした：${reason}`,
  closed: 'このページはあなたに公開されていません。だれがいるかは見えず、あなたも見えません。',
  offline: 'サービスに接続できません。再試行しています。表示されている人は最新でない可能性があります。',
  unconfirmed: (section) =>
    `${it(section)}の編集権がまだあなたにあるか確認できません。サービスに時間内に接続できませんでした。保存は返答を待っています。`,
  mayNotEdit: (section) => `${it(section)}は閲覧のみで、編集はできません。`,
  mayNotEditNow: (section) => `${it(section)}を編集する権限がなくなりました。`,
  notOpened: (reason) => `本文を読み込めなかったため、開けませんでした：${reason}`,
  lostTo: (who, section) => `${it(section)}は今、${named(who)}が編集しています。`,
  takenOver: (who, section) => `${named(who)}が${it(section)}を引き継ぎました。`,
  lostAndFree: (who, section) => `あなたの後に${named(who)}が${it(section)}を編集し、今は空いています。`,
  lost: (section) => `接続が途切れている間、${it(section)}はしばらく空いていました。`,
  lostToSomebody: (section) =>
    `${it(section)}の編集権はもうあなたにありません。ほかの人が持っているか、しばらく持っていました。`,
  waiting: (who, position, section) => `${named(who)}が${it(section)}を編集しています。${next(position)}。`,
  asked: (who, section, time) =>
    `${named(who)}に${it(section)}の編集権を依頼しました。返答がなければ${time}後にあなたのものになります。`,
  kept: (who, position, section, time) =>
    `${named(who)}は今は${it(section)}の編集を続けます。${next(position)}。${time}後にもう一度依頼できます。`,
  askedBefore: (who, other, position, section) =>
    `${named(who)}が${it(section)}を編集しており、${named(other)}が先に依頼しました。${next(position)}。`,
  askedBySomebody: (who, position, section, time) =>
    `${named(who)}が${it(section)}を編集しており、編集権の依頼を受けています。${next(position)}。ほかの人の依頼なら、その後です。返答がなければ${time}後に移ります。`,
  takingOver: (who, section, time) =>
    `${named(who)}は入力した内容をまだ保存できます。${time}後に${it(section)}の編集権はあなたのものになります。`,
  sure: (who, section) =>
    `${named(who)}から${it(section)}の編集権を引き継ぎますか。入力された内容は、できるだけ先に保存されます。`,
  request: (who, section, time) =>
    `${named(who)}が${it(section)}の編集権を求めています。返答がなければ${time}後に移ります。`,
  yields: (who, section, time) => `${named(who)}が${time}後に${it(section)}の編集権を引き継ぎます。`,
  beside: (who, section) =>
    section === undefined
      ? `${named(who)}が今、ページ全体を編集しています。`
      : `${named(who)}が今、「${section}」を編集しています。`,
  editing: (who, section) =>
    who === undefined
      ? `別のタブで${it(section)}を編集しています。`
      : `${named(who)}が${it(section)}を編集しています。`,
  somebodyEdits: 'だれかがここを編集しています。',
  textKept: '入力した内容はここに残っています。',
  textSavedFirst: '入力した内容は、できるだけ先に保存されます。',
  ask: (section) => (section === undefined ? 'ページの編集を依頼' : 'セクションの編集を依頼'),
  giveUp: '待つのをやめる',
  takeOver: '引き継ぐ',
  takeOverNow: 'はい、引き継ぐ',
  stay: '引き継がない',
  handOver: '譲る',
  saveAndHandOver: '保存して譲る',
  keep: '編集を続ける',
  edit: '再開',
  close: '閉じる',
  signIn: 'もう一度サインイン',
  retry: '今すぐ再試行',
  notDone(reason, who, words) {
    switch (reason) {
      case 'editor-keeps':
        return `${who}さんは今は編集を続けます。`
      case 'requested-by-other':
        return 'ほかの人が先に依頼しています。'
      case 'not-requested':
        return '依頼はもうありません。'
      case 'must-yield':
        return '引き継ぎ中のため、続けられません。'
      default:
        return `できませんでした：${words}`
    }
  },
  mayNotTakeOver: 'このアカウントでは引き継げません。',
  notSaved: '保存できなかったため、譲りませんでした。',
}
