import { navigation } from '../../lib/session';

/** Where a report was opened from: the mentor's list (in that round), the own reports, or the rounds of a teacher. */
export function listAddress(round?: string): string {
  const places = navigation.value;
  if (places.includes('students')) return round ? `/students?round=${encodeURIComponent(round)}` : '/students';
  return places.includes('reports') ? '/reports' : '/rounds';
}
