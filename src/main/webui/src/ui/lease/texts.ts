import type { PresenceTexts } from '../texts.js'

/**
 * Every word of `<page-lease>`. Replace any of them, or take all of a language from `@copresence/client/texts/…`.
 *
 * Functions, so that a language can put names where it needs them. In their parameters, `who` is a name, or undefined for
 * another tab of the user's own; `section` is the title of a section, or undefined for the page as a whole; `position` is 1 for
 * the next in line; and `time` is a time that runs down, as in "0:59". A name stands between U+2068 and U+2069: leave
 * them there.
 */
export interface LeaseTexts extends Pick<PresenceTexts, 'you' | 'someone' | 'initialled' | 'namesake'> {
  /** The sentence for somebody whose session has ended. */
  signedOut: string
  /** Gives the sentence where the service does not take the page, and why. */
  refused(reason: string): string
  /** The sentence where the page is not open to the user. */
  closed: string
  /** The sentence where the service has been out of reach for 5 s. */
  offline: string
  /** Gives the sentence where nobody knows whether the lease still is the user's. */
  unconfirmed(section: string | undefined): string
  /** Gives the sentence for somebody who may not edit. */
  mayNotEdit(section: string | undefined): string
  /** Gives the sentence for an editor who may not edit any more. */
  mayNotEditNow(section: string | undefined): string
  /** Gives the sentence where the application could not open the text, and why. */
  notOpened(reason: string): string
  /** Gives the sentence for whoever lost the lease to somebody who has it now. */
  lostTo(who: string | undefined, section: string | undefined): string
  /** Gives that sentence when they took it over. */
  takenOver(who: string | undefined, section: string | undefined): string
  /** Gives it when they have let go of it since. */
  lostAndFree(who: string | undefined, section: string | undefined): string
  /** Gives it when the lease ended because the user was out of touch. */
  lost(section: string | undefined): string
  /** Gives it when it is not told who has or had the lease. */
  lostToSomebody(section: string | undefined): string
  /** Gives the sentence for somebody who waits. */
  waiting(who: string | undefined, position: number, section: string | undefined): string
  /** Gives it when the user has asked, and gets the lease after `time` without an answer. */
  asked(who: string | undefined, section: string | undefined, time: string): string
  /** Gives it when the editor keeps the lease, and can be asked again after `time`. */
  kept(who: string | undefined, position: number, section: string | undefined, time: string): string
  /** Gives it when somebody else has asked before. */
  askedBefore(
    who: string | undefined,
    other: string | undefined,
    position: number,
    section: string | undefined,
  ): string
  /** Gives it when somebody has asked, of whom nobody says who; the lease goes on after `time`. */
  askedBySomebody(
    who: string | undefined,
    position: number,
    section: string | undefined,
    time: string,
  ): string
  /** Gives the sentence while the editor has `time` for a last save. */
  takingOver(who: string | undefined, section: string | undefined, time: string): string
  /** Gives the question before a take-over. */
  sure(who: string | undefined, section: string | undefined): string
  /** Gives the sentence for the editor who is asked, and loses the lease after `time` without an answer. */
  request(who: string | undefined, section: string | undefined, time: string): string
  /** Gives it when that cannot be refused. */
  yields(who: string | undefined, section: string | undefined, time: string): string
  /** Gives the sentence for an editor beside whom somebody edits another part: a section, or the page as a whole. */
  beside(who: string | undefined, section: string | undefined): string
  /** Gives the sentence for readers, about who edits what they read. */
  editing(who: string | undefined, section: string | undefined): string
  /** The sentence for readers where it is told no more than that somebody edits the page or a part of it. */
  somebodyEdits: string
  /** Stands after the others when something is typed and not saved. */
  textKept: string
  /** Stands there when what is typed is saved before the lease goes. */
  textSavedFirst: string

  /** Gives the label of the button that asks for the lease. */
  ask(section: string | undefined): string
  /** The button that stops waiting. */
  giveUp: string
  /** The button that takes the lease over, and asks first. */
  takeOver: string
  /** The button that says yes to that. */
  takeOverNow: string
  /** The button that says no to it. */
  stay: string
  /** The button that hands the lease over. */
  handOver: string
  /** The button that saves before. */
  saveAndHandOver: string
  /** The button that refuses. */
  keep: string
  /** The button that claims the lease again. */
  edit: string
  /** The button that ends what is shown of a loss. */
  close: string
  /** The link to sign in. */
  signIn: string
  /** The button that asks the service now. */
  retry: string

  /** Gives the sentence when an action was refused, by the service's `reason` and in its `words`. */
  notDone(reason: string | undefined, who: string, words: string): string
  /** The sentence for somebody without the role to take over. */
  mayNotTakeOver: string
  /** Gives the sentence when the text was not saved before it was to be handed over. */
  notSaved: string
}

const it = (section: string | undefined) => (section === undefined ? 'this page' : `the section “${section}”`)
const It = (section: string | undefined) => (section === undefined ? 'This page' : `The section “${section}”`)
const line = (position: number) => (position === 1 ? 'you are next' : `you are number ${position} in line`)
const Line = (position: number) => (position === 1 ? 'You are next' : `You are number ${position} in line`)
const Tab = 'Your other tab'
const tab = 'your other tab'

/** The words of `<page-lease>` in English, which are the default. */
export const englishLeaseTexts: LeaseTexts = {
  you: 'You',
  someone: 'Someone',
  initialled: (initials) => `Someone (${initials})`,
  namesake: (name) => `${name} (another person)`,
  signedOut: 'You are signed out, so nobody can see you here.',
  refused: (reason) => `The service refused this page: ${reason}`,
  closed: 'This page is not open to you: you do not see who is here, and nobody sees you.',
  offline: 'The service is out of reach, and we keep trying. Who is here may be out of date.',
  unconfirmed: (section) =>
    `It is not certain that ${it(section)} is still yours: the service could not be asked in time. Saving waits for its answer.`,
  mayNotEdit: (section) => `You may read ${it(section)}, and not edit it.`,
  mayNotEditNow: (section) => `You may not edit ${it(section)} any more.`,
  notOpened: (reason) => `The text could not be read just now, so it was not opened: ${reason}`,
  lostTo: (who, section) => `${who ?? Tab} has ${it(section)} now.`,
  takenOver: (who, section) => `${who ?? Tab} has taken ${it(section)} over.`,
  lostAndFree: (who, section) => `${who ?? Tab} got ${it(section)} after you, and it is free again.`,
  lost: (section) => `You were out of touch, and ${it(section)} was free for a while.`,
  lostToSomebody: (section) =>
    `${It(section)} is not yours any more: somebody else has it, or had it for a while.`,
  waiting: (who, position, section) => `${who ?? Tab} is editing ${it(section)}, and ${line(position)}.`,
  asked: (who, section, time) =>
    `You have asked ${who ?? tab} for ${it(section)}. Without an answer it is yours in ${time}.`,
  kept: (who, position, section, time) =>
    `${who ?? Tab} keeps ${it(section)} for now, and ${line(position)}. You can ask again in ${time}.`,
  askedBefore: (who, other, position, section) =>
    `${who ?? Tab} is editing ${it(section)}, and ${other ?? tab} has asked before you. ${Line(position)}.`,
  askedBySomebody: (who, position, section, time) =>
    `${who ?? Tab} is editing, and has been asked for ${it(section)}. ${Line(position)}, or later if somebody else asked. ` +
    `Without an answer it goes on in ${time}.`,
  takingOver: (who, section, time) =>
    `${who ?? Tab} may save what was typed. Then ${it(section)} is yours, in ${time}.`,
  sure: (who, section) =>
    `Take ${it(section)} from ${who ?? tab}? What was typed there is saved first, if that is possible.`,
  request: (who, section, time) =>
    `${who ?? Tab} asks for ${it(section)}. Without an answer it goes there in ${time}.`,
  yields: (who, section, time) => `${who ?? Tab} takes ${it(section)} over, in ${time}.`,
  beside: (who, section) =>
    section === undefined
      ? `${who ?? Tab} is editing the whole page now.`
      : `${who ?? Tab} is editing “${section}” now.`,
  editing: (who, section) =>
    who === undefined
      ? `You are editing ${it(section)} in another tab.`
      : `${who} is editing ${it(section)}.`,
  somebodyEdits: 'Somebody is editing here.',
  textKept: 'What you typed is kept here.',
  textSavedFirst: 'What you typed is saved first, if that is possible.',
  ask: (section) => (section === undefined ? 'Ask for the page' : 'Ask for the section'),
  giveUp: 'Stop waiting',
  takeOver: 'Take over',
  takeOverNow: 'Yes, take over',
  stay: 'Leave it to them',
  handOver: 'Hand over',
  saveAndHandOver: 'Save and hand over',
  keep: 'Keep',
  edit: 'Continue',
  close: 'Close',
  signIn: 'Sign in again',
  retry: 'Try now',
  notDone(reason, who, words) {
    switch (reason) {
      case 'editor-keeps':
        return `${who} keeps it for now.`
      case 'requested-by-other':
        return 'Somebody else has asked before you.'
      case 'not-requested':
        return 'Nobody asks any more.'
      case 'must-yield':
        return 'It is being taken over, so it cannot be kept.'
      default:
        return `That was not possible: ${words}.`
    }
  },
  mayNotTakeOver: 'Your account is not allowed to take over.',
  notSaved: 'It was not saved, and not handed over.',
}
