import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const copresence = process.env.COPRESENCE ?? 'http://localhost:8080'

// changeOrigin: false keeps the Host that the browser has asked for, so that the sign-in comes back here and not to the service.
// Vite's short form, '/login': 'http://localhost:8080', changes it.
const route = { target: copresence, changeOrigin: false }

export default defineConfig({
  plugins: [react()],
  server: {
    proxy: { '/api/presence': route, '^/log(in|out)\\b': route },
  },
})
