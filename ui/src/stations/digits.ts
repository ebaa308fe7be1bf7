// Six digits as they are read aloud: in two groups of three.
export function grouped(digits: string): string {
  return digits.length === 6 ? `${digits.slice(0, 3)} ${digits.slice(3)}` : digits;
}
