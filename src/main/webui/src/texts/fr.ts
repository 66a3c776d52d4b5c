import type { LeaseTexts } from '../ui/lease/texts.js'
import type { PresenceTexts } from '../ui/texts.js'

const next = (position: number) =>
  position === 1 ? 'C’est ensuite votre tour' : `Vous êtes en position ${position} dans la file`
const here = (isEdited: boolean) => (isEdited ? 'ici, et la page est en cours de modification' : 'ici')

/** The texts of `<page-presence>` in French. */
export const presenceTexts: PresenceTexts = {
  people: (count) =>
    count === 1 ? '1 personne consulte cette page' : `${count} personnes consultent cette page`,
  others: (count) =>
    count === 1 ? '1 autre personne consulte cette page' : `${count} autres personnes consultent cette page`,
  here: (count, isEdited) =>
    `${count === 1 ? '1 personne est' : `${count} personnes sont`} ${here(isEdited)}`,
  othersHere: (count, isEdited) =>
    `${count === 1 ? '1 autre personne est' : `${count} autres personnes sont`} ${here(isEdited)}`,
  yourself: 'Vous êtes ici',
  you: 'Vous',
  someone: 'Quelqu’un',
  initialled: (initials) => `Une personne dont les initiales sont ${initials}`,
  namesake: (name) => `${name} (une autre personne)`,
  person: (name, details) => [name, ...details].join(', '),
  editing: 'modifie la page',
  editingSection: 'modifie une section',
  away: 'absent',
  hidden: 'vous seul voyez que vous êtes ici',
  typing: 'écrit',
  section: (name) => `dans ${name}`,
  tabs: (count) => (count === 1 ? '1 onglet' : `${count} onglets`),
  showEveryone: (hidden) => `${hidden} de plus, afficher tout le monde`,
  showNames: 'Afficher tout le monde',
  everyone: 'Tout le monde sur cette page',
  unlisted: (count) => `et ${count} de plus`,
  editorChanged: (name) => `${name} modifie cette page`,
  youEdit: 'Vous modifiez cette page',
  refused: (name, position) => `${name} modifie cette page. ${next(position)}.`,
  refusedElsewhere: (position) => `Vous modifiez cette page dans un autre onglet. ${next(position)}.`,
  mayNotEdit: 'Vous ne pouvez pas modifier cette page.',
  reconnecting: 'Reconnexion…',
}

const it = (section: string | undefined) =>
  section === undefined ? 'cette page' : `la section « ${section} »`
const It = (section: string | undefined) =>
  section === undefined ? 'Cette page' : `La section « ${section} »`
const Tab = 'Votre autre onglet'
const tab = 'votre autre onglet'

/** The texts of `<page-lease>` in French. */
export const leaseTexts: LeaseTexts = {
  you: 'Vous',
  someone: 'Quelqu’un',
  initialled: (initials) => `Quelqu’un (${initials})`,
  namesake: (name) => `${name} (une autre personne)`,
  signedOut: 'Vous êtes déconnecté : personne ne vous voit ici.',
  refused: (reason) => `Le service a refusé cette page : ${reason}`,
  closed: 'Cette page ne vous est pas ouverte : vous ne voyez pas qui est ici, et personne ne vous voit.',
  offline:
    'Le service est injoignable ; nous réessayons. Les personnes affichées ne sont peut-être plus à jour.',
  unconfirmed: (section) =>
    `Il n’est pas certain que ${it(section)} soit encore à vous : le service n’a pas pu être joint à temps. L’enregistrement attend sa réponse.`,
  mayNotEdit: (section) => `Vous pouvez lire ${it(section)}, mais pas la modifier.`,
  mayNotEditNow: (section) => `Vous ne pouvez plus modifier ${it(section)}.`,
  notOpened: (reason) => `Le texte n’a pas pu être lu et n’a donc pas été ouvert : ${reason}`,
  lostTo: (who, section) => `${who ?? Tab} a maintenant ${it(section)}.`,
  takenOver: (who, section) => `${who ?? Tab} a repris ${it(section)}.`,
  lostAndFree: (who, section) =>
    `${who ?? Tab} a eu ${it(section)} après vous, et elle est de nouveau libre.`,
  lost: (section) => `Vous étiez hors de portée, et ${it(section)} est restée libre un moment.`,
  lostToSomebody: (section) =>
    `${It(section)} n’est plus à vous : quelqu’un d’autre l’a, ou l’a eue un moment.`,
  waiting: (who, position, section) => `${who ?? Tab} modifie ${it(section)}. ${next(position)}.`,
  asked: (who, section, time) =>
    `Vous avez demandé ${it(section)} à ${who ?? tab}. Sans réponse, elle est à vous dans ${time}.`,
  kept: (who, position, section, time) =>
    `${who ?? Tab} garde ${it(section)} pour l’instant. ${next(position)}. Vous pourrez redemander dans ${time}.`,
  askedBefore: (who, other, position, section) =>
    `${who ?? Tab} modifie ${it(section)}, et ${other ?? tab} l’a demandée avant vous. ${next(position)}.`,
  askedBySomebody: (who, position, section, time) =>
    `${who ?? Tab} modifie ${it(section)}, qui a été demandée. ${next(position)}, ou plus tard si quelqu’un d’autre l’a demandée. Sans réponse, elle passe dans ${time}.`,
  takingOver: (who, section, time) =>
    `${who ?? Tab} peut encore enregistrer ce qui a été écrit. Ensuite ${it(section)} est à vous, dans ${time}.`,
  sure: (who, section) =>
    `Reprendre ${it(section)} à ${who ?? tab} ? Ce qui y a été écrit est d’abord enregistré, si c’est possible.`,
  request: (who, section, time) =>
    `${who ?? Tab} demande ${it(section)}. Sans réponse, elle lui revient dans ${time}.`,
  yields: (who, section, time) => `${who ?? Tab} reprend ${it(section)}, dans ${time}.`,
  beside: (who, section) =>
    section === undefined
      ? `${who ?? Tab} modifie en ce moment toute la page.`
      : `${who ?? Tab} modifie en ce moment « ${section} ».`,
  editing: (who, section) =>
    who === undefined
      ? `Vous modifiez ${it(section)} dans un autre onglet.`
      : `${who} modifie ${it(section)}.`,
  somebodyEdits: 'Quelqu’un modifie quelque chose ici.',
  textKept: 'Ce que vous avez écrit est conservé ici.',
  textSavedFirst: 'Ce que vous avez écrit est d’abord enregistré, si c’est possible.',
  ask: (section) => (section === undefined ? 'Demander la page' : 'Demander la section'),
  giveUp: 'Ne plus attendre',
  takeOver: 'Reprendre',
  takeOverNow: 'Oui, reprendre',
  stay: 'Ne pas reprendre',
  handOver: 'Céder',
  saveAndHandOver: 'Enregistrer et céder',
  keep: 'Garder',
  edit: 'Continuer',
  close: 'Fermer',
  signIn: 'Se reconnecter',
  retry: 'Réessayer',
  notDone(reason, who, words) {
    switch (reason) {
      case 'editor-keeps':
        return `${who} la garde pour l’instant.`
      case 'requested-by-other':
        return 'Quelqu’un d’autre l’a demandée avant vous.'
      case 'not-requested':
        return 'Plus personne ne la demande.'
      case 'must-yield':
        return 'Elle est en train d’être reprise et ne peut pas être gardée.'
      default:
        return `Ce n’était pas possible : ${words}.`
    }
  },
  mayNotTakeOver: 'Votre compte ne permet pas de reprendre une page.',
  notSaved: 'Le texte n’a été ni enregistré ni cédé.',
}
