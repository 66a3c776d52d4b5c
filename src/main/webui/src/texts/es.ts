import type { LeaseTexts } from '../ui/lease/texts.js'
import type { PresenceTexts } from '../ui/texts.js'

const next = (position: number) =>
  position === 1 ? 'Usted es la siguiente persona' : `Usted ocupa el puesto ${position} en la cola`
const here = (isEdited: boolean) => (isEdited ? 'aquí, y la página se está editando' : 'aquí')

/** The texts of `<page-presence>` in Spanish. */
export const presenceTexts: PresenceTexts = {
  people: (count) => (count === 1 ? '1 persona ve esta página' : `${count} personas ven esta página`),
  others: (count) => (count === 1 ? '1 persona más ve esta página' : `${count} personas más ven esta página`),
  here: (count, isEdited) =>
    `${count === 1 ? '1 persona está' : `${count} personas están`} ${here(isEdited)}`,
  othersHere: (count, isEdited) =>
    `${count === 1 ? '1 persona más está' : `${count} personas más están`} ${here(isEdited)}`,
  yourself: 'Usted está aquí',
  you: 'Usted',
  someone: 'Alguien',
  initialled: (initials) => `Una persona con las iniciales ${initials}`,
  namesake: (name) => `${name} (otra persona)`,
  person: (name, details) => [name, ...details].join(', '),
  editing: 'edita la página',
  editingSection: 'edita una sección',
  away: 'ausente',
  hidden: 'solo usted ve que está aquí',
  typing: 'escribe',
  section: (name) => `en ${name}`,
  tabs: (count) => (count === 1 ? '1 pestaña' : `${count} pestañas`),
  showEveryone: (hidden) => `${hidden} más, mostrar a todos`,
  showNames: 'Mostrar a todos',
  everyone: 'Todos en esta página',
  unlisted: (count) => `y ${count} más`,
  editorChanged: (name) => `${name} edita esta página`,
  youEdit: 'Usted edita esta página',
  refused: (name, position) => `${name} edita esta página. ${next(position)}.`,
  refusedElsewhere: (position) => `Usted edita esta página en otra pestaña. ${next(position)}.`,
  mayNotEdit: 'Usted no puede editar esta página.',
  reconnecting: 'Reconectando…',
}

const it = (section: string | undefined) =>
  section === undefined ? 'esta página' : `la sección «${section}»`
const It = (section: string | undefined) =>
  section === undefined ? 'Esta página' : `La sección «${section}»`
const Tab = 'Su otra pestaña'
const tab = 'su otra pestaña'

/** The texts of `<page-lease>` in Spanish. */
export const leaseTexts: LeaseTexts = {
  you: 'Usted',
  someone: 'Alguien',
  initialled: (initials) => `Alguien (${initials})`,
  namesake: (name) => `${name} (otra persona)`,
  signedOut: 'Su sesión ha terminado, así que nadie le ve aquí.',
  refused: (reason) => `El servicio ha rechazado esta página: ${reason}`,
  closed: 'Esta página no está abierta para usted: no ve quién está aquí, y nadie le ve.',
  offline:
    'No se puede contactar con el servicio; seguimos intentándolo. Puede que lo que se ve de las personas ya no sea actual.',
  unconfirmed: (section) =>
    `No es seguro que ${it(section)} siga siendo suya: no se pudo preguntar al servicio a tiempo. Guardar espera su respuesta.`,
  mayNotEdit: (section) => `Usted puede leer ${it(section)}, pero no editarla.`,
  mayNotEditNow: (section) => `Usted ya no puede editar ${it(section)}.`,
  notOpened: (reason) => `No se pudo leer el texto, así que no se abrió: ${reason}`,
  lostTo: (who, section) => `${who ?? Tab} tiene ahora ${it(section)}.`,
  takenOver: (who, section) => `${who ?? Tab} ha tomado ${it(section)}.`,
  lostAndFree: (who, section) =>
    `${who ?? Tab} tuvo ${it(section)} después de usted, y vuelve a estar libre.`,
  lost: (section) => `Usted estuvo sin conexión, y ${it(section)} quedó libre un rato.`,
  lostToSomebody: (section) => `${It(section)} ya no es suya: otra persona la tiene, o la tuvo un rato.`,
  waiting: (who, position, section) => `${who ?? Tab} edita ${it(section)}. ${next(position)}.`,
  asked: (who, section, time) =>
    `Usted ha pedido ${it(section)} a ${who ?? tab}. Sin respuesta, será suya en ${time}.`,
  kept: (who, position, section, time) =>
    `${who ?? Tab} conserva ${it(section)} por ahora. ${next(position)}. Podrá volver a pedirla en ${time}.`,
  askedBefore: (who, other, position, section) =>
    `${who ?? Tab} edita ${it(section)}, y ${other ?? tab} la ha pedido antes que usted. ${next(position)}.`,
  askedBySomebody: (who, position, section, time) =>
    `${who ?? Tab} edita ${it(section)}, que alguien ha pedido. ${next(position)}, o más tarde si la pidió otra persona. Sin respuesta, pasa en ${time}.`,
  takingOver: (who, section, time) =>
    `${who ?? Tab} aún puede guardar lo escrito. Después ${it(section)} será suya, en ${time}.`,
  sure: (who, section) =>
    `¿Tomar ${it(section)} de ${who ?? tab}? Lo escrito allí se guarda antes, si es posible.`,
  request: (who, section, time) => `${who ?? Tab} pide ${it(section)}. Sin respuesta, la recibe en ${time}.`,
  yields: (who, section, time) => `${who ?? Tab} toma ${it(section)}, en ${time}.`,
  beside: (who, section) =>
    section === undefined
      ? `${who ?? Tab} edita ahora toda la página.`
      : `${who ?? Tab} edita ahora «${section}».`,
  editing: (who, section) =>
    who === undefined ? `Usted edita ${it(section)} en otra pestaña.` : `${who} edita ${it(section)}.`,
  somebodyEdits: 'Alguien edita algo aquí.',
  textKept: 'Lo que usted ha escrito se conserva aquí.',
  textSavedFirst: 'Lo que usted ha escrito se guarda antes, si es posible.',
  ask: (section) => (section === undefined ? 'Pedir la página' : 'Pedir la sección'),
  giveUp: 'Dejar de esperar',
  takeOver: 'Tomar',
  takeOverNow: 'Sí, tomar',
  stay: 'No tomarla',
  handOver: 'Ceder',
  saveAndHandOver: 'Guardar y ceder',
  keep: 'Conservar',
  edit: 'Continuar',
  close: 'Cerrar',
  signIn: 'Iniciar sesión de nuevo',
  retry: 'Intentar ahora',
  notDone(reason, who, words) {
    switch (reason) {
      case 'editor-keeps':
        return `${who} la conserva por ahora.`
      case 'requested-by-other':
        return 'Otra persona la ha pedido antes que usted.'
      case 'not-requested':
        return 'Ya nadie la pide.'
      case 'must-yield':
        return 'Alguien la está tomando, así que no se puede conservar.'
      default:
        return `No fue posible: ${words}.`
    }
  },
  mayNotTakeOver: 'Su cuenta no permite tomar una página.',
  notSaved: 'No se ha guardado ni cedido.',
}
