import type { RescuedText } from '../src/rescue.js'
import { deskForm, type DeskForm, type DeskUser } from './desk-form.js'
import { sectionsOf } from './sections.js'
import type { Draft, PageText } from './texts.js'

/** An open text area, with the draft that it began with and the fence under which it was last held. */
export interface Desk extends DeskForm {
  base: Omit<Draft, 'text' | 'isOpen'>
  fence: number
  /** The text of others in whose place the user wants their own, after they have seen it. */
  overrules?: string
  /** The text that an earlier document of the user has kept. */
  rescued?: RescuedText | undefined
  /** Says whether something is typed that is not saved. */
  isDirty(): boolean
  /** Says whether others have saved another text since the one that this began with, and the user has not said what to do. */
  isChanged(): boolean
  /** Says whether the backend is to check fence and revision. */
  isChecked(): boolean
  /** What is typed now, as a draft. */
  draft(isOpen: boolean): Draft
}

/** Opens a desk for a section or for the whole page, with the draft of it; undefined when there is no such section. */
export function openDesk(
  texts: PageText,
  section: string | undefined,
  fence: number,
  user: DeskUser,
): Desk | undefined {
  const now = texts.part(section)
  const draft = texts.draftOf(section)
  if (now === undefined && !draft) return undefined
  const where = section === undefined ? {} : { section }
  const title = sectionsOf(texts.current()).find(({ id }) => id === section)?.title
  const made: Desk = {
    ...deskForm(draft?.text ?? now!, title, user),
    base: draft ?? { ...where, base: now!, revision: texts.revision(section) },
    fence,
    isDirty: () => made.area.value !== made.base.base,
    isChanged() {
      const saved = texts.part(section)
      return saved !== undefined && saved !== made.base.base && saved !== made.overrules
    },
    isChecked: () => made.form.querySelector<HTMLInputElement>('#check')!.checked,
    draft: (isOpen) => ({ ...made.base, text: made.area.value, isOpen }),
  }
  return made
}
