/** The divisors of a number, as the end of a message that advises one of them. */
export function divisors(n: number): string {
  return Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0).join(", ");
}
