import '@copresence/client/element'
import { usePagePresence } from '@copresence/client/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

function Page() {
  const { presence, status, editor, self, isEditing, setIsEditing } = usePagePresence(location.pathname)
  return (
    <>
      <header>{presence && <page-presence presence={presence} />}</header>
      <h1>Vite and React</h1>
      {status === 'signed-out' && <a href={`/login?to=${encodeURIComponent(location.href)}`}>Sign in</a>}
      {status === 'live' && (
        <button onClick={() => setIsEditing(!isEditing)}>{isEditing ? 'Done' : 'Edit'}</button>
      )}
      {editor && <p id="editor">{editor.id === self?.id ? 'You are' : `${editor.name || 'Someone'} is`} editing.</p>}
    </>
  )
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <Page />
  </StrictMode>,
)
