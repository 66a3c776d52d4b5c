import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

/* Where files are shown that are not part of the site; pom.xml and package.json name the same place. */
const repository = process.env.COPRESENCE_REPOSITORY ?? 'https://github.com/copresence/copresence'
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const docs = join(root, 'docs')
/* A copy of docs/: pages outside of this folder would not find what VitePress imports into them. */
const copies = join(root, 'site/docs')

const page = (text, link) => ({ text, link })

export default defineConfig({
  title: 'Copresence',
  description: 'Who is viewing this page now, and who is editing it.',
  lang: 'en',
  base: process.env.COPRESENCE_SITE_BASE ?? '/',
  srcDir: 'docs',
  outDir: join(root, 'target/site'),
  cleanUrls: true,
  // A folder's README is its page here, as it is where the repository is shown.
  rewrites: { 'integrate/README.md': 'integrate/index.md', 'adr/README.md': 'adr/index.md' },
  // A link that leads nowhere ends the build; so does one to a file of the repository that is not there, see below.
  ignoreDeadLinks: [/^https?:\/\/localhost/],
  markdown: {
    config(md) {
      md.core.ruler.push('files-of-the-repository', ({ tokens, env }) => {
        // The diagrams are shown as what they are written in: their renderer would be larger than all the rest.
        for (const token of tokens) if (token.info === 'mermaid') token.info = 'txt'
        for (const token of tokens.flatMap(({ children }) => children ?? [])) toRepository(token, env.path)
      })
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: 'deep',
    nav: [
      page('Integrate', '/integrate/'),
      page('Client', '/client'),
      page('Operate', '/operations'),
      page('Protocol', '/protocol'),
    ],
    sidebar: [
      {
        text: 'In your application',
        items: [
          page('What it is', '/'),
          page('The client, step by step', '/client'),
          page('A session by curl', '/curl'),
        ],
      },
      {
        text: 'Recipes',
        items: [
          page('All of them', '/integrate/'),
          page('Vite and React', '/integrate/vite-react'),
          page('Vite and Vue', '/integrate/vite-vue'),
          page('Nuxt', '/integrate/nuxt'),
          page('Next', '/integrate/next'),
          page('Plain HTML, same origin', '/integrate/plain'),
          page('Plain HTML, another origin', '/integrate/plain-other-origin'),
          page('nginx', '/integrate/nginx'),
          page('Traefik', '/integrate/traefik'),
          page('Caddy', '/integrate/caddy'),
        ],
      },
      {
        text: 'For authors of a CMS',
        items: [page('Saves that lose nothing', '/editing'), page('Guards for backends', '/guards')],
      },
      {
        text: 'Operate',
        items: [
          page('Operations', '/operations'),
          page('Who may see what', '/access'),
          page('Threat model', '/threat-model'),
        ],
      },
      {
        text: 'Under the hood',
        items: [
          page('Protocol', '/protocol'),
          page('Words and rules', '/rules'),
          page('Architecture', '/architecture'),
          page('Decisions', '/adr/'),
        ],
      },
    ],
    socialLinks: [{ icon: 'github', link: repository }],
  },
})

/** Leads a link to a file outside of docs/ to where the repository is shown. */
function toRepository(token, path) {
  const href = token.type === 'link_open' ? token.attrGet('href') : null
  if (!href || /^([a-z]+:|#|\/)/i.test(href)) return
  const [file, fragment] = decodeURI(href).split('#')
  const target = resolve(dirname(join(docs, relative(copies, path))), file)
  if (target.startsWith(docs + '/') && /\.md$|\/$/.test(file)) return
  if (!existsSync(target)) throw new Error(`${relative(root, path)} links to ${href}, which is not there`)
  token.attrSet('href', `${repository}/blob/main/${relative(root, target)}${fragment ? '#' + fragment : ''}`)
  token.attrSet('target', '_blank')
  token.attrSet('rel', 'noreferrer')
}
