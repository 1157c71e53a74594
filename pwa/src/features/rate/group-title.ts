/** "h4a · Nederlands"; the subject alone where the group is named after it. */
export function groupTitle({ title, subject }: { title: string; subject: string }): string {
  return subject && subject !== title ? `${title} · ${subject}` : title;
}
