import { describe, expect, test } from 'vitest'
import { eventReader, type StreamMessage } from '../src/core/event-stream.js'

function read(...pieces: string[]) {
  const events: StreamMessage[] = []
  const retries: number[] = []
  const feed = eventReader(
    (event) => events.push(event),
    (ms) => retries.push(ms),
  )
  pieces.forEach((piece) => feed(piece))
  return { events, retries }
}

const stream =
  '\uFEFFretry: 1500\nid: 7\nevent: snapshot\ndata: {"a":\ndata: 1}\n\n: a comment\n\ndata:bare\n\n'
const whole = [
  { event: 'snapshot', id: '7', data: '{"a":\n1}' },
  { event: undefined, id: undefined, data: 'bare' },
]

describe('an event stream', () => {
  test('is read by its fields', () => {
    expect(read(stream)).toEqual({ events: whole, retries: [1500] })
  })

  test.each(['\r\n', '\r', '\n'])('ends its lines with %j, wherever it is cut', (end) => {
    const text = stream.replaceAll('\n', end) + ':'
    for (let cut = 0; cut <= text.length; cut++)
      expect(read(text.slice(0, cut), text.slice(cut)).events).toEqual(whole)
    expect(read(...text).events).toEqual(whole)
  })

  test('says nothing of an event that is not complete, that has no data, or of fields it does not know', () => {
    expect(read('data: half\n').events).toEqual([])
    expect(read('event: ping\n\n', 'colour: red\n\n').events).toEqual([])
    expect(read('retry: soon\nretry: -1\n\n').retries).toEqual([])
  })

  test('has empty data where the field stands alone', () => {
    expect(read('event: ping\ndata\n\n').events).toEqual([{ event: 'ping', id: undefined, data: '' }])
  })
})
