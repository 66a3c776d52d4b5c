import { afterEach, beforeEach, expect, vi } from 'vitest'
import { createPresence, type Presence, type PresenceOptions } from '../src/index.js'
import { freshDocument, pass, settled } from './browser.js'
import { FakeService } from './fake-service.js'

/** The service of the present test. */
export let service: FakeService

/** The presences that are stopped after the present test. */
export const running: Presence[] = []

let usual: Partial<PresenceOptions> = {}

/**
 * Sets up each test of a file: a fresh document, a service that `prepare` has changed, and no clock but the test's.
 * `options` are those of every presence, where a test names no others.
 */
export function setUp(
  options: Partial<PresenceOptions> = {},
  prepare?: (service: FakeService) => void,
): void {
  beforeEach(() => {
    vi.useFakeTimers()
    freshDocument()
    usual = options
    service = new FakeService()
    prepare?.(service)
  })

  afterEach(async () => {
    for (const presence of running.splice(0)) presence.stop()
    await pass(20_000)
    vi.useRealTimers()
    vi.restoreAllMocks()
  })
}

/** Creates a presence on `/a`. */
export function create(options: Partial<PresenceOptions> = {}): Presence {
  const presence = createPresence({ pagePath: '/a', fetch: service.fetch, ...usual, ...options })
  running.push(presence)
  return presence
}

/** Creates a presence and waits until it is live. */
export async function live(options: Partial<PresenceOptions> = {}): Promise<Presence> {
  const presence = create(options)
  await settled()
  expect(presence.getSnapshot().status).toBe('live')
  return presence
}
