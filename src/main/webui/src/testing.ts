/* For the tests of applications; nothing here knows a test framework. */
export {
  fakePresence,
  fakeSelf,
  type FakeCall,
  type FakePresence,
  type FakePresenceState,
} from './testing/fake-presence.js'
export {
  fakeService,
  type FakeRequest,
  type FakeService,
  type FakeServiceOptions,
  type FakeVisit,
} from './testing/fake-service.js'
