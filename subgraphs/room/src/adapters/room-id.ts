/** Whether a text can be the id of a room; any other text is nobody's id, and nothing to ask the database about. */
export function isRoomId(text: string): boolean {
  return /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/.test(text)
}
