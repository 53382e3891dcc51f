//! What a terminal makes of bytes: as much of ECMA-48 as the program uses, and
//! a panic at anything else.

/// A character with its looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cell {
    pub character: char,
    /// The parameter of SGR that chose the colour: 30 to 37, 90 to 97, else 0.
    pub color: u8,
    pub bold: bool,
    pub reverse: bool,
}

const BLANK: Cell = Cell {
    character: ' ',
    color: 0,
    bold: false,
    reverse: false,
};

/// A terminal's screen, and its other one.
#[derive(Clone, Debug)]
pub struct Vt {
    pub rows: usize,
    pub columns: usize,
    grid: Vec<Vec<Cell>>,
    kept: Option<Vec<Vec<Cell>>>,
    row: usize,
    column: usize,
    looks: Cell,
    pub wraps: bool,
    pub has_cursor: bool,
    /// What is not a whole sequence yet.
    rest: Vec<u8>,
}

impl Vt {
    pub fn new(rows: usize, columns: usize) -> Self {
        Vt {
            rows,
            columns,
            grid: vec![vec![BLANK; columns]; rows],
            kept: None,
            row: 0,
            column: 0,
            looks: BLANK,
            wraps: true,
            has_cursor: true,
            rest: Vec::new(),
        }
    }

    /// Whether the other screen is shown, as for full-screen programs.
    pub fn is_other(&self) -> bool {
        self.kept.is_some()
    }

    /// As a terminal does when its window gets another size.
    pub fn resize(&mut self, rows: usize, columns: usize) {
        for grid in [Some(&mut self.grid), self.kept.as_mut()]
            .into_iter()
            .flatten()
        {
            grid.resize(rows, Vec::new());
            for line in grid {
                line.resize(columns, BLANK);
            }
        }
        (self.rows, self.columns) = (rows, columns);
        self.row = self.row.min(rows - 1);
        self.column = self.column.min(columns - 1);
    }

    /// The lines, without blanks at their ends.
    pub fn lines(&self) -> Vec<String> {
        let text = |line: &Vec<Cell>| line.iter().map(|cell| cell.character).collect::<String>();
        let lines = self.grid.iter().map(text);
        lines.map(|line| line.trim_end().to_owned()).collect()
    }

    pub fn cells(&self) -> &[Vec<Cell>] {
        &self.grid
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        let bytes = std::mem::take(&mut self.rest);
        // A character or sequence may be cut off at the end.
        let mut text = match std::str::from_utf8(&bytes) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => {
                self.rest = bytes[error.valid_up_to()..].to_vec();
                std::str::from_utf8(&bytes[..error.valid_up_to()]).expect("checked")
            }
            Err(error) => panic!("{error}: {}", String::from_utf8_lossy(&bytes)),
        };
        while let Some(character) = text.chars().next() {
            text = &text[character.len_utf8()..];
            match character {
                '\r' => self.column = 0,
                '\n' => self.line_feed(),
                '\x1b' => {
                    let end = text.find(|end: char| ('@'..='~').contains(&end) && end != '[');
                    let Some(end) = end else {
                        let mut rest = format!("\x1b{text}").into_bytes();
                        rest.append(&mut self.rest);
                        self.rest = rest;
                        return;
                    };
                    let (sequence, behind) = text.split_at(end + 1);
                    text = behind;
                    self.obey(sequence);
                }
                character => self.put(character),
            }
        }
    }

    fn line_feed(&mut self) {
        if self.row + 1 < self.rows {
            self.row += 1;
        } else {
            self.grid.remove(0);
            self.grid.push(vec![BLANK; self.columns]);
        }
    }

    fn put(&mut self, character: char) {
        assert!(!character.is_control(), "{character:?} on the terminal");
        if self.column == self.columns {
            match self.wraps {
                true => {
                    self.column = 0;
                    self.line_feed();
                }
                false => self.column -= 1,
            }
        }
        self.grid[self.row][self.column] = Cell {
            character,
            ..self.looks
        };
        self.column += 1;
    }

    fn obey(&mut self, sequence: &str) {
        let (row, column) = (self.row, self.column.min(self.columns - 1));
        match sequence {
            "[H" => (self.row, self.column) = (0, 0),
            // The cursor behind the last column is on it.
            "[K" => self.grid[row][column..].fill(BLANK),
            "[J" => {
                self.grid[row][column..].fill(BLANK);
                self.grid[row + 1..].fill(vec![BLANK; self.columns]);
            }
            "[?1049h" => {
                let blank = vec![vec![BLANK; self.columns]; self.rows];
                if self.kept.is_none() {
                    self.kept = Some(std::mem::replace(&mut self.grid, blank));
                }
            }
            "[?1049l" => {
                if let Some(grid) = self.kept.take() {
                    self.grid = grid;
                }
            }
            "[?7h" => self.wraps = true,
            "[?7l" => self.wraps = false,
            "[?25h" => self.has_cursor = true,
            "[?25l" => self.has_cursor = false,
            _ => self.look_like(sequence),
        }
    }

    fn look_like(&mut self, sequence: &str) {
        let parameters = sequence.strip_prefix('[');
        let parameters = parameters.and_then(|rest| rest.strip_suffix('m'));
        let parameters = parameters.unwrap_or_else(|| panic!("ESC {sequence} is not known"));
        for parameter in parameters.split(';') {
            match parameter.parse::<u8>().expect("a number") {
                0 => self.looks = BLANK,
                1 => self.looks.bold = true,
                7 => self.looks.reverse = true,
                color @ (30..=37 | 90..=97) => self.looks.color = color,
                _ => panic!("ESC {sequence} is not known"),
            }
        }
    }
}
