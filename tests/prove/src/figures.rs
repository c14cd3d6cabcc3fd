//! A little arithmetic on measurements.

/// The value below which this share of the measurements lies; they are put in order.
///
/// # Panics
/// If there are none.
pub fn percentile(measured: &mut [f64], share: f64) -> f64 {
    measured.sort_by(f64::total_cmp);
    let place = ((measured.len() as f64 * share).ceil() as usize).clamp(1, measured.len());
    measured[place - 1]
}

/// Welch's t of two samples: how many standard errors their means are apart.
pub fn welch(one: &[f64], other: &[f64]) -> f64 {
    let (mean_one, spread_one) = mean_and_spread(one);
    let (mean_other, spread_other) = mean_and_spread(other);
    let error = (spread_one / one.len() as f64 + spread_other / other.len() as f64).sqrt();
    if error == 0.0 {
        return 0.0;
    }
    (mean_one - mean_other) / error
}

fn mean_and_spread(sample: &[f64]) -> (f64, f64) {
    let count = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / count;
    let squares: f64 = sample.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, squares / (count - 1.0))
}

/// Rounded for people: three places.
pub fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_measurement_that_was_made() {
        let mut measured: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&mut measured, 0.5), 50.0);
        assert_eq!(percentile(&mut measured, 0.99), 99.0);
        assert_eq!(percentile(&mut [7.0], 0.99), 7.0);
    }

    #[test]
    fn welch_tells_two_means_apart_and_leaves_equal_ones_alone() {
        let low: Vec<f64> = (0..100).map(|step| f64::from(step % 10)).collect();
        let high: Vec<f64> = low.iter().map(|value| value + 5.0).collect();
        assert!(welch(&low, &low).abs() < 0.001);
        assert!(welch(&low, &high) < -10.0);
    }
}
