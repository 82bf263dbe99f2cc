-- The people of both pools. A row belongs to (user_type, user_id): the same subject in two pools is two people.
-- Every table of data carries that pair, and every statement of the application filters by it.
CREATE TABLE IF NOT EXISTS users (
  user_id      CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_type    VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  email        VARCHAR(320) NOT NULL,
  display_name VARCHAR(120) NOT NULL,
  created_at   TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at   TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  PRIMARY KEY (user_type, user_id),
  CONSTRAINT users_type CHECK (user_type IN ('freelancer', 'client'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
