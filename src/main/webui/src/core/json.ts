/*
 * Reading what came from outside, of which nothing is known but that it may be JSON: what is missing or of a wrong type is
 * absent.
 */

/** Gives what the parser makes of each, without those of which it makes nothing; undefined when it is no list. */
export function parseEach<T>(body: unknown, parse: (body: unknown) => T | undefined): T[] | undefined {
  return Array.isArray(body) ? body.map(parse).filter((value) => value !== undefined) : undefined
}

/** Gives the value of a text in JSON; undefined when it is none. */
export function parseJson(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}

/** Gives the fields of a JSON object; of anything else none that we look for. */
export function record(value: unknown): Record<string, unknown> {
  return Object(value) as Record<string, unknown>
}

/** Gives a text that is not empty; undefined for all else. */
export function text(value: unknown): string | undefined {
  return (typeof value === 'string' && value) || undefined
}

/** Gives true for true alone; undefined for all else. */
export function truth(value: unknown): true | undefined {
  return value === true || undefined
}

/** Gives a number that is finite; undefined for all else. */
export function number(value: unknown): number | undefined {
  return Number.isFinite(value) ? (value as number) : undefined
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Gives a record that has only the keys with a value. */
export function present<const T extends object>(record: T): Present<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Present<T>
}
