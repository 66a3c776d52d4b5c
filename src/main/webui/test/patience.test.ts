import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPatience } from '../src/core/patience.js'
import type { Reply } from '../src/core/service.js'

const problem = { status: 400, title: 'No' }
const beat: Reply = { kind: 'answered', answer: { nextHeartbeatMs: 15_000 } }
const of = (kind: 'failed' | 'signed-out' | 'refused', retryAfterMs?: number): Reply => ({
  kind,
  problem,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})

beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(1))
afterEach(() => void vi.restoreAllMocks())

describe('the wait after an answer', () => {
  test.each<[string, Reply, number[]]>([
    ['a beat', beat, [15_000, 15_000]],
    ['an outage', of('failed'), [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]],
    ['a 401', of('signed-out'), [0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]],
    ['a refusal', of('refused'), [32_000, 64_000, 128_000, 256_000, 300_000, 300_000]],
    ['a pause that the service asks for', of('refused', 20_000), [21_000, 21_000]],
  ])('of %s', (_, reply, expected) => {
    const patience = createPatience()

    expect(expected.map(() => patience.after(reply))).toEqual(expected)
    patience.after(beat)
    expect(patience.after(reply)).toBe(expected[0])
  })

  test('of one kind says nothing of another', () => {
    const patience = createPatience()
    for (let i = 0; i < 20; i++) patience.after(of('failed'))

    expect(patience.after(of('refused'))).toBe(32_000)
    expect(patience.after(of('signed-out'))).toBe(0)
    expect(patience.after(of('signed-out'))).toBe(1_000)
  })

  test('grows although the kinds change all the while', () => {
    const patience = createPatience()
    for (let i = 0; i < 20; i++) {
      patience.after(of('failed'))
      patience.after(of('signed-out'))
    }

    expect(patience.after(of('failed'))).toBe(30_000)
    expect(patience.after(of('signed-out'))).toBe(60_000)
  })

  test('begins anew with another network, but a 401 is not tried at once again', () => {
    const patience = createPatience()
    for (let i = 0; i < 20; i++) patience.after(of('signed-out'))
    patience.forget()

    expect(patience.after(of('signed-out'))).toBe(1_000)
  })
})
