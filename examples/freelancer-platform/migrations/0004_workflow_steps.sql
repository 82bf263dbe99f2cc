-- Where the workflow of a project waits for its client. The token of a wait and the client's answer come by different ways,
-- and either may be first; the step is delivered when both are there. The row belongs to the project's owner.
CREATE TABLE IF NOT EXISTS workflow_steps (
  project_id   CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  step         INT          NOT NULL,
  user_id      CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_type    VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'client',
  token        TEXT         CHARACTER SET ascii COLLATE ascii_bin NULL,
  answer       TEXT         NULL,
  created_at   TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  delivered_at TIMESTAMP(3) NULL,
  PRIMARY KEY (project_id, step),
  KEY workflow_steps_open (delivered_at, created_at),
  CONSTRAINT workflow_steps_project FOREIGN KEY (project_id) REFERENCES projects (id),
  CONSTRAINT workflow_steps_owner FOREIGN KEY (user_type, user_id) REFERENCES users (user_type, user_id),
  CONSTRAINT workflow_steps_something CHECK (token IS NOT NULL OR answer IS NOT NULL)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
