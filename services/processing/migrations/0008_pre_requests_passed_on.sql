-- Who answers a request instead of an addressee that has ended.
ALTER TABLE request_part ADD COLUMN passed_to text;
