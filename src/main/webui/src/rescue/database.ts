/*
 * The browser's database in which texts are kept. Nothing here throws or waits for ever: a browser may have no database,
 * forbid it in a private window, take it away while it is used, or have no room left.
 */

/** A text as it is kept: by whom and where it was typed, and over which revision. */
export interface KeptText {
  readonly user: string
  readonly page: string
  /** The section's name; empty for the page as a whole. */
  readonly section: string
  readonly text: string
  readonly revision: string
  /** The moment when it was kept, in ms since the epoch. */
  readonly keptAt: number
  /** The name of the document that kept it, which no other has. */
  readonly writer: string
}

/** The place of a text: a user, a page and a section. */
export type Place = Pick<KeptText, 'user' | 'page' | 'section'>

/** The reason why texts are not kept, in one word. */
export type Trouble = 'unavailable' | 'full'

/** A step on the database: what it gave, or why it was not done. */
export type Done<T> = { readonly value: T } | { readonly trouble: Trouble }

/** The longest time in ms that a text is kept: 30 days. */
export const longestLifeMs = 30 * 24 * 3_600_000

const name = 'copresence-rescue'
/* A browser that does not answer for so long has no database for us now. */
const patienceMs = 2_000

let connection: Promise<IDBDatabase> | undefined

/** A document that keeps texts of a user, as far as the database must know it. */
export interface Writer {
  /** The name of the document, which no other has. */
  readonly name: string
  /** The number of times that the user had been forgotten when the document asked first; it keeps nothing after another time. */
  age?: string
}

/** Gives the newest text at a place that another document has kept; undefined when there is none. */
export function newest(place: Place, writer: Writer): Promise<Done<KeptText | undefined>> {
  return step('readonly', async (texts, forgotten) => {
    const [kept] = await Promise.all([all(texts, place), isKnown(forgotten, place, writer)])
    return kept.find((one) => one.writer !== writer.name)
  })
}

/** Keeps a text in the place of the one that the same document kept before, unless its user has been forgotten since. */
export function write(text: KeptText, writer: Writer): Promise<Done<void>> {
  return step('readwrite', async (texts, forgotten) => {
    if (!(await isKnown(forgotten, text, writer))) return
    await result(texts.put(text))
    const kept = await all(texts, text)
    await Promise.all(kept.slice(mostTexts).map((one) => result(texts.delete(keyOf(one)))))
  })
}

/** Wipes those texts at a place of which `isMeant` says so. */
export function wipe(place: Place, isMeant: (kept: KeptText) => boolean): Promise<Done<void>> {
  return step('readwrite', async (texts) => {
    const kept = await all(texts, place)
    await Promise.all(kept.filter(isMeant).map((one) => result(texts.delete(keyOf(one)))))
  })
}

/** Wipes all texts of a user, or of everybody; documents that are open now keep nothing more of theirs. */
export function forgetAll(user: string | undefined): Promise<Done<void>> {
  return step('readwrite', async (texts, forgotten) => {
    const key = user ?? everybody
    const count = Number((await result(forgotten.get(key))) ?? 0)
    await result(forgotten.put(count + 1, key))
    await result(user === undefined ? texts.clear() : texts.delete(IDBKeyRange.bound([user], [user, []])))
  })
}

/* No user's id is empty. */
const everybody = ''
/* Each tab that types at a place has a text of its own there, so that none writes over another's. */
const mostTexts = 5

function keyOf({ user, page, section, writer }: KeptText): string[] {
  return [user, page, section, writer]
}

/* The texts at a place that are not too old, the newest first. */
async function all(texts: IDBObjectStore, { user, page, section }: Place): Promise<KeptText[]> {
  const range = IDBKeyRange.bound([user, page, section], [user, page, section, []])
  const kept = (await result(texts.getAll(range))) as KeptText[]
  return kept
    .filter(({ keptAt }) => keptAt > Date.now() - longestLifeMs)
    .sort((one, other) => other.keptAt - one.keptAt)
}

async function isKnown(forgotten: IDBObjectStore, { user }: Place, writer: Writer): Promise<boolean> {
  const counts = await Promise.all([result(forgotten.get(user)), result(forgotten.get(everybody))])
  const age = counts.join()
  return (writer.age ??= age) === age
}

/*
 * Asks in one transaction, so that what two tabs do at one time is done one after the other. Nothing but the
 * transaction's own requests may be waited for inside, or it ends.
 */
async function step<T>(
  mode: IDBTransactionMode,
  ask: (texts: IDBObjectStore, forgotten: IDBObjectStore) => Promise<T>,
): Promise<Done<T>> {
  try {
    const database = await inTime((connection ??= connect()))
    const transaction = database.transaction(['texts', 'forgotten'], mode)
    const end = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error ?? new DOMException('', 'AbortError'))
    })
    const asked = ask(transaction.objectStore('texts'), transaction.objectStore('forgotten'))
    const [, value] = await inTime(Promise.all([end, asked]))
    return { value }
  } catch (error) {
    if (isFull(error)) return { trouble: 'full' }
    // A connection that was closed under our hands is made anew next time.
    const old = connection
    connection = undefined
    void old?.then(
      (database) => database.close(),
      () => undefined,
    )
    return { trouble: 'unavailable' }
  }
}

async function connect(): Promise<IDBDatabase> {
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => {
    const texts = opening.result.createObjectStore('texts', {
      keyPath: ['user', 'page', 'section', 'writer'],
    })
    texts.createIndex('keptAt', 'keptAt')
    opening.result.createObjectStore('forgotten')
  }
  const database = await result(opening)
  const close = () => {
    connection = undefined
    database.close()
  }
  database.onversionchange = close
  database.onclose = close
  void clean(database)
  return database
}

/* Takes away what is too old, once in each document. */
async function clean(database: IDBDatabase) {
  try {
    const tooOld = IDBKeyRange.upperBound(Date.now() - longestLifeMs)
    const cursors = database.transaction('texts', 'readwrite').objectStore('texts').index('keptAt')
    const request = cursors.openCursor(tooOld)
    request.onsuccess = () => {
      request.result?.delete()
      request.result?.continue()
    }
  } catch {
    // It is tried again by the next document.
  }
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new DOMException('', 'UnknownError'))
  })
}

function inTime<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DOMException('', 'TimeoutError')), patienceMs)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function isFull(error: unknown): boolean {
  return Object(error).name === 'QuotaExceededError'
}
