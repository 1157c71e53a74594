-- Figures count stoplights of whole rounds, without those of who left the group: few pairs, found without looking at all of them.
create index expected_pair_gone on expected_pair (school_id, round_id) where state <> 'expected';
