declare module 'virtual:push-messages' {
  /** The `push.*` texts of messages/nl.json and messages/en.json, and nothing else of them. */
  export const texts: Record<'nl' | 'en', Record<string, string>>;
}
