import '/copresence/element.js'
import { address, themeSwitch } from './dom.js'

/* The start page: who is shown here is made up, so the element gets a state and asks nobody. */
const example = document.querySelector('page-presence')!
example.texts = { people: (count) => `Example: ${count} people viewing a page`, editorChanged: () => '' }
example.state = {
  viewers: [
    { id: 'ines', name: 'Inês Duarte', tabCount: 1 },
    { id: 'bob', name: 'Bob Stone', tabCount: 2 },
    { id: 'wei', name: 'Wei Chen', tabCount: 1, away: true },
    { id: 'olu', name: 'Olu Adeyemi', tabCount: 1 },
    { id: 'mia', name: 'Mia Lindqvist', tabCount: 1 },
    { id: 'tom', name: 'Tom Becker', tabCount: 1 },
    { id: 'sara', name: 'Sara Haddad', tabCount: 1 },
  ],
  editorUserId: 'bob',
}

document.querySelector('.top')!.append(themeSwitch())
document.querySelector('#other')!.replaceWith(address(`${location.origin}/login?to=/docs/welcome/`))
