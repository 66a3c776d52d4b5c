const [element] = document.getElementsByTagName('page-presence')
const signIn = document.getElementById('sign-in')
const edit = document.getElementById('edit')
const editing = document.getElementById('editor')

// Where the service is: here, unless the page says otherwise.
signIn.href = `${element.getAttribute('base-url') ?? ''}/login?to=${encodeURIComponent(location.href)}`
edit.onclick = () => element.presence.setIsEditing(edit.textContent === 'Edit')

element.addEventListener('presencechange', ({ detail: { status, editor, self, isEditing } }) => {
  signIn.hidden = status !== 'signed-out'
  edit.hidden = status !== 'live'
  edit.textContent = isEditing ? 'Done' : 'Edit'
  editing.hidden = !editor
  editing.textContent = editor ? `${editor.id === self?.id ? 'You are' : `${editor.name || 'Someone'} is`} editing.` : ''
})
