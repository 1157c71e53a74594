-- How far a round is, is counted by group and by student, each in its order and from an index alone. The one that keeps pairs unique has
-- that of students too, but is eight times as large as one in which a student stands once for all groups.
create index expected_pair_student on expected_pair (school_id, round_id, student_id);
