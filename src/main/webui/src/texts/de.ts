import type { LeaseTexts } from '../ui/lease/texts.js'
import type { PresenceTexts } from '../ui/texts.js'

const next = (position: number) =>
  position === 1 ? 'Sie sind als Nächstes an der Reihe' : `Sie sind Nummer ${position} in der Reihe`
const here = (isEdited: boolean) => (isEdited ? 'hier, und die Seite wird bearbeitet' : 'hier')

/** The texts of `<page-presence>` in German. */
export const presenceTexts: PresenceTexts = {
  people: (count) => (count === 1 ? '1 Person sieht diese Seite' : `${count} Personen sehen diese Seite`),
  others: (count) =>
    count === 1 ? '1 weitere Person sieht diese Seite' : `${count} weitere Personen sehen diese Seite`,
  here: (count, isEdited) => `${count === 1 ? '1 Person ist' : `${count} Personen sind`} ${here(isEdited)}`,
  othersHere: (count, isEdited) =>
    `${count === 1 ? '1 weitere Person ist' : `${count} weitere Personen sind`} ${here(isEdited)}`,
  yourself: 'Sie sind hier',
  you: 'Sie',
  someone: 'Jemand',
  initialled: (initials) => `Jemand mit den Initialen ${initials}`,
  namesake: (name) => `${name} (eine andere Person)`,
  person: (name, details) => [name, ...details].join(', '),
  editing: 'bearbeitet die Seite',
  editingSection: 'bearbeitet einen Abschnitt',
  away: 'abwesend',
  hidden: 'nur Sie sehen, dass Sie hier sind',
  typing: 'schreibt',
  section: (name) => `in ${name}`,
  tabs: (count) => (count === 1 ? '1 Tab' : `${count} Tabs`),
  showEveryone: (hidden) => `${hidden} weitere, alle anzeigen`,
  showNames: 'Alle anzeigen',
  everyone: 'Alle auf dieser Seite',
  unlisted: (count) => `und ${count} weitere`,
  editorChanged: (name) => `${name} bearbeitet diese Seite`,
  youEdit: 'Sie bearbeiten diese Seite',
  refused: (name, position) => `${name} bearbeitet diese Seite. ${next(position)}.`,
  refusedElsewhere: (position) => `Sie bearbeiten diese Seite in einem anderen Tab. ${next(position)}.`,
  mayNotEdit: 'Sie dürfen diese Seite nicht bearbeiten.',
  reconnecting: 'Verbindung wird wiederhergestellt …',
}

const it = (section: string | undefined) =>
  section === undefined ? 'diese Seite' : `den Abschnitt „${section}“`
const is = (section: string | undefined) =>
  section === undefined ? 'diese Seite' : `der Abschnitt „${section}“`
const Is = (section: string | undefined) =>
  section === undefined ? 'Diese Seite' : `Der Abschnitt „${section}“`
const pronoun = (section: string | undefined) => (section === undefined ? 'sie' : 'er')
const accusative = (section: string | undefined) => (section === undefined ? 'sie' : 'ihn')
const Tab = 'Ihr anderer Tab'
const tab = 'Ihren anderen Tab'

/** The texts of `<page-lease>` in German. */
export const leaseTexts: LeaseTexts = {
  you: 'Sie',
  someone: 'Jemand',
  initialled: (initials) => `Jemand (${initials})`,
  namesake: (name) => `${name} (eine andere Person)`,
  signedOut: 'Sie sind abgemeldet, daher sieht Sie hier niemand.',
  refused: (reason) => `Der Dienst hat diese Seite abgelehnt: ${reason}`,
  closed: 'Diese Seite ist für Sie nicht zugänglich: Sie sehen nicht, wer hier ist, und niemand sieht Sie.',
  offline:
    'Der Dienst ist nicht erreichbar; wir versuchen es weiter. Wer hier angezeigt wird, ist vielleicht nicht mehr aktuell.',
  unconfirmed: (section) =>
    `Es ist nicht sicher, ob ${is(section)} noch Ihnen gehört: Der Dienst war nicht rechtzeitig erreichbar. Das Speichern wartet auf seine Antwort.`,
  mayNotEdit: (section) => `Sie dürfen ${it(section)} lesen, aber nicht bearbeiten.`,
  mayNotEditNow: (section) => `Sie dürfen ${it(section)} nicht mehr bearbeiten.`,
  notOpened: (reason) => `Der Text war gerade nicht lesbar und wurde nicht geöffnet: ${reason}`,
  lostTo: (who, section) => `${who ?? Tab} hat jetzt ${it(section)}.`,
  takenOver: (who, section) => `${who ?? Tab} hat ${it(section)} übernommen.`,
  lostAndFree: (who, section) =>
    `${who ?? Tab} hatte ${it(section)} nach Ihnen, und ${pronoun(section)} ist wieder frei.`,
  lost: (section) => `Sie waren ohne Verbindung, und ${is(section)} war eine Weile frei.`,
  lostToSomebody: (section) =>
    `${Is(section)} gehört nicht mehr Ihnen: Jemand anderes hat ${accusative(section)} oder hatte ${accusative(section)} eine Weile.`,
  waiting: (who, position, section) => `${who ?? Tab} bearbeitet ${it(section)}. ${next(position)}.`,
  asked: (who, section, time) =>
    `Sie haben ${who ?? tab} um ${it(section)} gebeten. Ohne Antwort gehört ${pronoun(section)} in ${time} Ihnen.`,
  kept: (who, position, section, time) =>
    `${who ?? Tab} behält ${it(section)} vorerst. ${next(position)}. In ${time} können Sie wieder fragen.`,
  askedBefore: (who, other, position, section) =>
    `${who ?? Tab} bearbeitet ${it(section)}, und ${other ?? 'Ihr anderer Tab'} hat vor Ihnen gefragt. ${next(position)}.`,
  askedBySomebody: (who, position, section, time) =>
    `${who ?? Tab} bearbeitet ${it(section)} und wurde darum gebeten. ${next(position)}, oder später, falls jemand anderes gefragt hat. Ohne Antwort geht es in ${time} weiter.`,
  takingOver: (who, section, time) =>
    `${who ?? Tab} darf noch speichern, was geschrieben wurde. In ${time} gehört ${is(section)} Ihnen.`,
  sure: (who, section) =>
    `${Is(section)} übernehmen? ${who ?? Tab} hat ${accusative(section)} jetzt; was dort geschrieben wurde, wird vorher gespeichert, wenn das möglich ist.`,
  request: (who, section, time) =>
    `${who ?? Tab} bittet um ${it(section)}. Ohne Antwort geht ${pronoun(section)} in ${time} dorthin.`,
  yields: (who, section, time) => `${who ?? Tab} übernimmt ${it(section)} in ${time}.`,
  beside: (who, section) =>
    section === undefined
      ? `${who ?? Tab} bearbeitet gerade die ganze Seite.`
      : `${who ?? Tab} bearbeitet gerade „${section}“.`,
  editing: (who, section) =>
    who === undefined
      ? `Sie bearbeiten ${it(section)} in einem anderen Tab.`
      : `${who} bearbeitet ${it(section)}.`,
  somebodyEdits: 'Hier bearbeitet jemand etwas.',
  textKept: 'Was Sie geschrieben haben, bleibt hier erhalten.',
  textSavedFirst: 'Was Sie geschrieben haben, wird vorher gespeichert, wenn das möglich ist.',
  ask: (section) => (section === undefined ? 'Um die Seite bitten' : 'Um den Abschnitt bitten'),
  giveUp: 'Nicht mehr warten',
  takeOver: 'Übernehmen',
  takeOverNow: 'Ja, übernehmen',
  stay: 'Nicht übernehmen',
  handOver: 'Übergeben',
  saveAndHandOver: 'Speichern und übergeben',
  keep: 'Behalten',
  edit: 'Weiter bearbeiten',
  close: 'Schließen',
  signIn: 'Wieder anmelden',
  retry: 'Jetzt versuchen',
  notDone(reason, who, words) {
    switch (reason) {
      case 'editor-keeps':
        return `${who} behält es vorerst.`
      case 'requested-by-other':
        return 'Jemand anderes hat vor Ihnen gefragt.'
      case 'not-requested':
        return 'Niemand fragt mehr.'
      case 'must-yield':
        return 'Es wird übernommen und lässt sich nicht behalten.'
      default:
        return `Das war nicht möglich: ${words}.`
    }
  },
  mayNotTakeOver: 'Ihr Konto darf nichts übernehmen.',
  notSaved: 'Es wurde nicht gespeichert und nicht übergeben.',
}
