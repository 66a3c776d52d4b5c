const copresence = process.env.COPRESENCE ?? 'http://localhost:8080'

/* The proxy takes what it forwards off the address, so the target has it again. */
const route = (path: string) => ({ target: copresence + path, changeOrigin: false })

export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  telemetry: false,
  devtools: { enabled: false },
  vue: { compilerOptions: { isCustomElement: (tag) => tag === 'page-presence' } },
  nitro: {
    // Not routeRules: those follow the redirect of the sign-in themselves, and show its page under your address.
    devProxy: {
      '/api/presence': route('/api/presence'),
      '/login': route('/login'),
      '/logout': route('/logout'),
    },
  },
})
