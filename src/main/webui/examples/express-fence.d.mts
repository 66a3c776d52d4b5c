interface Request {
  readonly originalUrl: string
  get(header: string): string | undefined
}
interface Response {
  status(code: number): Response
  sendStatus(code: number): Response
  type(mediaType: string): Response
  send(body: string): Response
}
export function fenced(
  presenceService: string,
  ask?: (url: string, init: RequestInit) => Promise<globalThis.Response>,
): (request: Request, response: Response, next: () => void) => Promise<void>
