use super::*;

fn store() -> Arc<Store> {
    let store = Store::temporary().unwrap();
    let ticket = store.replace(Batch::new()).unwrap();
    store.wait(ticket).unwrap();
    Arc::new(store)
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[test]
fn a_new_clock_shows_the_wall_in_whole_milliseconds() {
    for pace in [Pace::Instant, Pace::Real, Pace::Manual] {
        let before = wall_milliseconds();
        let clock = Clock::open(store(), pace).unwrap();
        let now = clock.now();
        let after = wall_milliseconds();
        assert!((before..=after).contains(&now.as_millisecond()), "{pace}");
        assert_eq!(now.subsec_nanosecond() % 1_000_000, 0);
    }
}

#[test]
fn a_manual_clock_stands_until_it_is_advanced() {
    let clock = Clock::open(store(), Pace::Manual).unwrap();
    let start = clock.now();
    std::thread::sleep(std::time::Duration::from_millis(5));
    assert_eq!(clock.now(), start);
    let (now, _) = clock.advance(SignedDuration::from_mins(10)).unwrap();
    assert_eq!(now, start + SignedDuration::from_mins(10));
    assert_eq!(clock.now(), now);
}

#[test]
fn a_real_clock_goes_on_from_where_it_was_advanced_to() {
    let clock = Clock::open(store(), Pace::Real).unwrap();
    let start = clock.now();
    let _ = clock.advance(hours(1)).unwrap();
    let now = clock.now();
    assert!(now >= start + hours(1));
    std::thread::sleep(std::time::Duration::from_millis(5));
    assert!(clock.now() > now);
    assert!(clock.wall_now() < now);
}

#[test]
fn a_restart_does_not_go_back_at_any_pace() {
    for (first, second) in [
        (Pace::Real, Pace::Real),
        (Pace::Manual, Pace::Manual),
        (Pace::Manual, Pace::Real),
        (Pace::Instant, Pace::Manual),
    ] {
        let store = store();
        let clock = Clock::open(Arc::clone(&store), first).unwrap();
        let (advanced, _) = clock.advance(hours(48)).unwrap();
        drop(clock);
        let clock = Clock::open(store, second).unwrap();
        let now = clock.now();
        assert!(now >= advanced, "{first} then {second}");
        assert!(now < advanced + hours(1), "{first} then {second}");
        if second != Pace::Manual {
            std::thread::sleep(std::time::Duration::from_millis(5));
            assert!(clock.now() > now, "{first} then {second}: the clock stands still");
        }
    }
}

#[test]
fn a_batch_keeps_the_time_that_its_records_were_made_at() {
    let store = store();
    let clock = Clock::open(Arc::clone(&store), Pace::Manual).unwrap();
    let mut batch = Batch::new();
    clock.keep(&mut batch);
    let _ = store.apply(batch).unwrap();
    let made = clock.now();
    std::thread::sleep(std::time::Duration::from_millis(5));
    let clock = Clock::open(store, Pace::Manual).unwrap();
    assert_eq!(clock.now(), made);
}

#[test]
fn what_cannot_be_advanced_leaves_the_clock_alone() {
    let clock = Clock::open(store(), Pace::Manual).unwrap();
    let start = clock.now();
    assert!(matches!(clock.advance(hours(-1)), Err(AdvanceError::Backwards)));
    for too_far in [SignedDuration::MAX, hours(24 * 365 * 7000), hours(i64::MAX / 3600 / 1000)] {
        assert!(matches!(clock.advance(too_far), Err(AdvanceError::TooFar)), "{too_far:?}");
    }
    assert_eq!(clock.now(), start);
    assert_eq!(clock.advance(SignedDuration::ZERO).unwrap().0, start);
}

#[test]
fn many_readers_never_see_the_clock_go_back() {
    let clock = Clock::open(store(), Pace::Real).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut last = clock.now();
                for _ in 0..2000 {
                    let now = clock.now();
                    assert!(now >= last);
                    last = now;
                }
            });
        }
        for _ in 0..20 {
            let _ = clock.advance(SignedDuration::from_secs(5)).unwrap();
        }
    });
}

#[test]
fn a_record_that_is_no_clock_is_damage() {
    let store = store();
    let mut batch = Batch::new();
    batch.put(KEY, "yesterday");
    let _ = store.apply(batch).unwrap();
    assert!(matches!(Clock::open(store, Pace::Real), Err(store::Error::Damaged { .. })));
}
