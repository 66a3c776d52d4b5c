import { Presence } from './presence.jsx'

export default function Page() {
  return (
    <>
      <Presence />
      <h1>Next</h1>
    </>
  )
}
