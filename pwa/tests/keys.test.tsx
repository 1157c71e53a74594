import { render } from 'preact';
import { expect, test } from 'vitest';
import { useFourKeys } from '../src/lib/keys';

test('a key works from the moment its buttons are on the page, not a frame later', () => {
  const chosen: number[] = [];
  function Four() {
    useFourKeys((index) => chosen.push(index));
    return null;
  }
  const box = document.createElement('div');
  const press = () => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '2', bubbles: true }));
  // Not the testing library's: that one gives the page its next frame first.
  render(<Four />, box);
  press();
  expect(chosen).toEqual([1]);
  render(null, box);
  press();
  expect(chosen).toEqual([1]);
});
