/** One event of a stream: its fields, joined where a field may stand more than once. */
export interface StreamMessage {
  readonly event: string | undefined
  readonly id: string | undefined
  readonly data: string
}

/**
 * Reads `text/event-stream` as the HTML standard has it: give it the text as it arrives, in pieces of any
 * size, and it calls back for each whole event that has data, and for each `retry`, in ms.
 */
export function eventReader(
  onEvent: (message: StreamMessage) => void,
  onRetry: (ms: number) => void,
): (text: string) => void {
  let rest = ''
  let isAtStart = true
  let event: string | undefined
  let id: string | undefined
  let data: string[] = []

  function readLine(line: string) {
    if (line === '') return endEvent()
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)!
    if (name === 'data') data.push(value)
    else if (name === 'event') event = value
    else if (name === 'id' && !value.includes('\0')) id = value
    else if (name === 'retry' && /^\d+$/.test(value)) onRetry(Number(value))
  }

  function endEvent() {
    const message = { event, id, data: data.join('\n') }
    const isEvent = data.length > 0
    event = id = undefined
    data = []
    if (isEvent) onEvent(message)
  }

  return (text) => {
    if (text === '') return
    rest += isAtStart ? text.replace(/^\uFEFF/, '') : text
    isAtStart = false
    // A carriage return at the end may be one half of a line's end: what follows tells.
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop()!
    lines.forEach(readLine)
  }
}
