'use client'

import '@copresence/client/element'
import { usePagePresence } from '@copresence/client/react'
import { usePathname } from 'next/navigation'
import { useEffect, useState } from 'react'

export function Presence() {
  const { presence, status, editor, self, isEditing, setIsEditing } = usePagePresence(usePathname())
  const [here, setHere] = useState('')
  useEffect(() => setHere(location.href), [])
  return (
    <header>
      {presence && <page-presence presence={presence} />}
      {status === 'signed-out' && <a href={`/login?to=${encodeURIComponent(here)}`}>Sign in</a>}
      {status === 'live' && (
        <button onClick={() => setIsEditing(!isEditing)}>{isEditing ? 'Done' : 'Edit'}</button>
      )}
      {editor && <p id="editor">{editor.id === self?.id ? 'You are' : `${editor.name || 'Someone'} is`} editing.</p>}
    </header>
  )
}
