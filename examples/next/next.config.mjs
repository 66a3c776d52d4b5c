const copresence = process.env.COPRESENCE ?? 'http://localhost:8080'

/** @type {import('next').NextConfig} */
export default {
  // Next sends X-Forwarded-Host along, which the service believes in dev mode.
  async rewrites() {
    return ['/api/presence/:path*', '/login', '/logout'].map((source) => ({
      source,
      destination: copresence + source,
    }))
  },
}
