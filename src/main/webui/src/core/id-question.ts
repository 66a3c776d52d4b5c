/*
 * Whose a tab id is where the browser has no locks: a document asks the others of its origin, and who has the id, or
 * asks for it and has the lower number, says so. Nobody says so within a moment: it is free.
 */

/* Messages reach a document as soon as its scripts let them; a busy one has this long. */
const silenceMs = 250

type Message = { readonly asks: string; readonly by: number } | { readonly has: string; readonly to: number }

/**
 * True when nobody else has the id: this document then answers for it until `pagehide`. False when somebody still has
 * it after `patienceMs`; a document that is on its way out gives it up before. An id that is fresh needs no question.
 */
export function takeId(id: string, isFresh: boolean, patienceMs: number): Promise<boolean> {
  if (!globalThis.BroadcastChannel) return Promise.resolve(true)
  return new Promise((resolve) => {
    const me = Math.random()
    const started = performance.now()
    const channel = new BroadcastChannel('presence:tab-id')
    let isMine = isFresh
    let isTaken = false
    let silence: ReturnType<typeof setTimeout> | undefined

    function ask() {
      isTaken = false
      channel.postMessage({ asks: id, by: me } satisfies Message)
      silence = setTimeout(() => {
        if (!isTaken) settle(true)
        else if (performance.now() - started < patienceMs) ask()
        else settle(false)
      }, silenceMs)
    }

    function settle(next: boolean) {
      isMine = next
      if (!next) channel.close()
      resolve(next)
    }

    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if ('has' in data) isTaken ||= data.has === id && data.to === me
      else if (data.asks !== id) return
      else if (isMine || data.by > me) channel.postMessage({ has: id, to: data.by } satisfies Message)
      // It may not have heard our question, if it came after that.
      else isTaken = true
    }
    addEventListener(
      'pagehide',
      () => {
        clearTimeout(silence)
        channel.close()
      },
      { once: true },
    )
    if (isFresh) resolve(true)
    else ask()
  })
}
