//! Dropout's draw from the Mersenne Twister MT19937 (M. Matsumoto and T. Nishimura, 1998).
//!
//! Shifts and masks of 32-bit words are in every instruction set's vectors, so the loops are plain
//! Rust compiled once.

/// Words of state.
pub const STATE: usize = 624;
/// How far ahead the recurrence looks.
const SHIFT: usize = 397;
/// Words that depend on none of each other.
const SPLIT: usize = STATE - SHIFT;

/// Draws `mask[i] = 1` where the i-th next double of the stream is below `p`, else 0. Returns how
/// many words of `key` are then used up, or nothing if `position` is not within the state.
///
pub fn keep_mask(
    key: &mut [i32; STATE],
    position: usize,
    p: f64,
    mask: &mut [u8],
) -> Option<usize> {
    if position > STATE {
        return None;
    }
    let limit = Limit::new(p);
    let mut words = [0; STATE];
    let mut at = position;
    temper(key, &mut words);
    let mut done = 0;
    while done < mask.len() {
        let ready = ((STATE - at) / 2).min(mask.len() - done);
        let pairs = words[at..at + 2 * ready].chunks_exact(2);
        for (keep, pair) in mask[done..done + ready].iter_mut().zip(pairs) {
            *keep = limit.is_above(pair[0], pair[1]);
        }
        at += 2 * ready;
        done += ready;
        if done == mask.len() {
            break;
        }
        // At most one word is left: it begins a double that the next block ends.
        let begun = (at < STATE).then(|| words[at]);
        regenerate(key);
        temper(key, &mut words);
        at = 0;
        if let Some(begun) = begun {
            mask[done] = limit.is_above(begun, words[0]);
            done += 1;
            at = 1;
        }
    }
    Some(at)
}

/// Makes the next words of state. In three parts, none of which reads what it writes, so that
/// each is done with vectors; the last word needs the new first one.
fn regenerate(key: &mut [i32; STATE]) {
    let (low, high) = key.split_at_mut(SPLIT);
    let boundary = high[0];
    for i in 0..SPLIT - 1 {
        low[i] = high[SHIFT - SPLIT + i] ^ twist(low[i], low[i + 1]);
    }
    low[SPLIT - 1] = high[SHIFT - 1] ^ twist(low[SPLIT - 1], boundary);
    let (middle, top) = high.split_at_mut(SPLIT);
    let boundary = top[0];
    for i in 0..SPLIT - 1 {
        middle[i] = low[i] ^ twist(middle[i], middle[i + 1]);
    }
    middle[SPLIT - 1] = low[SPLIT - 1] ^ twist(middle[SPLIT - 1], boundary);
    let last = top.len() - 1;
    for i in 0..last {
        top[i] = middle[i] ^ twist(top[i], top[i + 1]);
    }
    top[last] = middle[last] ^ twist(top[last], low[0]);
}

/// One step of the recurrence: mixes the top bit of one word with the rest of the next.
#[inline(always)]
fn twist(word: i32, next: i32) -> i32 {
    let y = (word as u32 & 0x8000_0000) | (next as u32 & 0x7fff_ffff);
    ((y >> 1) ^ ((next as u32 & 1).wrapping_neg() & 0x9908_b0df)) as i32
}

/// Turns words of state into words of the stream.
fn temper(key: &[i32; STATE], words: &mut [u32; STATE]) {
    for (word, &state) in words.iter_mut().zip(key) {
        let mut y = state as u32;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        *word = y ^ (y >> 18);
    }
}

/// A probability as the doubles of the stream are made: `(high·2²⁶ + low) / 2⁵³`, rounded up.
struct Limit {
    high: u32,
    low: u32,
}

impl Limit {
    fn new(p: f64) -> Self {
        let whole = (p * (1u64 << 53) as f64).ceil() as u64;
        Self { high: (whole >> 26) as u32, low: (whole & ((1 << 26) - 1)) as u32 }
    }

    /// 1 if the double of the words `a` and `b` is below the limit, else 0.
    #[inline(always)]
    fn is_above(&self, a: u32, b: u32) -> u8 {
        let (high, low) = (a >> 5, b >> 6);
        u8::from((high < self.high) | ((high == self.high) & (low < self.low)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The state of an integer seed.
    fn seeded(seed: u32) -> [i32; STATE] {
        let mut key = [0; STATE];
        let mut x = seed;
        for (i, word) in key.iter_mut().enumerate() {
            *word = x as i32;
            x = 1_812_433_253u32.wrapping_mul(x ^ (x >> 30)).wrapping_add(i as u32 + 1);
        }
        key
    }

    /// The first doubles of NumPy's stream of seed 231.
    const FIRST: [f64; 5] = [
        0.78149404082882,
        0.5842091160855433,
        0.426710070189125,
        0.3153446949154163,
        0.8268882910012595,
    ];

    #[test]
    fn the_stream_is_numpys() {
        for p in FIRST {
            let mut mask = [7; 5];
            assert_eq!(keep_mask(&mut seeded(231), STATE, p, &mut mask), Some(10));
            assert_eq!(mask, FIRST.map(|u| u8::from(u < p)));
        }
    }

    #[test]
    fn pieces_are_the_whole() {
        let mut whole = vec![0; 2000];
        keep_mask(&mut seeded(5), STATE, 0.3, &mut whole);
        let (mut key, mut at) = (seeded(5), STATE);
        for piece in whole.chunks(77) {
            let mut mask = vec![0; piece.len()];
            at = keep_mask(&mut key, at, 0.3, &mut mask).unwrap();
            assert_eq!(mask, piece);
        }
    }

    #[test]
    fn a_double_may_straddle_two_blocks() {
        let mut key = seeded(9);
        regenerate(&mut key);
        let mut words = [0; STATE];
        temper(&key, &mut words);
        let first = words[STATE - 1];
        let mut next = key;
        regenerate(&mut next);
        temper(&next, &mut words);
        let drawn = (u64::from(first >> 5) << 26) | u64::from(words[0] >> 6);
        let p = drawn as f64 / (1u64 << 53) as f64;
        let mut mask = [7];
        assert_eq!(keep_mask(&mut key.clone(), STATE - 1, p, &mut mask), Some(1));
        assert_eq!(mask, [0]);
        keep_mask(&mut key, STATE - 1, p + 2f64.powi(-53), &mut mask);
        assert_eq!(mask, [1]);
    }

    #[test]
    fn a_position_outside_the_state_is_refused() {
        assert_eq!(keep_mask(&mut seeded(1), STATE + 1, 0.5, &mut [0]), None);
    }
}
