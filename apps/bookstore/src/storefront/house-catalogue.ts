import type { Book } from './book.ts';

const book = (id: string, title: string, author: string, genre: string, priceCents: number): Book => ({
  id,
  title,
  author,
  genre,
  priceCents,
});

/** What the shop sells when nobody has published a catalogue. */
export const houseCatalogue: readonly Book[] = [
  book('moby-dick', 'Moby-Dick', 'Herman Melville', 'sea', 1490),
  book('treasure-island', 'Treasure Island', 'Robert Louis Stevenson', 'sea', 990),
  book('twenty-thousand-leagues', 'Twenty Thousand Leagues Under the Seas', 'Jules Verne', 'sea', 1290),
  book('lord-jim', 'Lord Jim', 'Joseph Conrad', 'sea', 1150),
  book('pride-and-prejudice', 'Pride and Prejudice', 'Jane Austen', 'society', 890),
  book('middlemarch', 'Middlemarch', 'George Eliot', 'society', 1690),
  book('anna-karenina', 'Anna Karenina', 'Leo Tolstoy', 'society', 1590),
  book('vanity-fair', 'Vanity Fair', 'William Makepeace Thackeray', 'society', 1390),
  book('madame-bovary', 'Madame Bovary', 'Gustave Flaubert', 'society', 1090),
  book('frankenstein', 'Frankenstein', 'Mary Shelley', 'uncanny', 950),
  book('dracula', 'Dracula', 'Bram Stoker', 'uncanny', 1190),
  book('jekyll-and-hyde', 'Strange Case of Dr Jekyll and Mr Hyde', 'R. L. Stevenson', 'uncanny', 790),
  book('turn-of-the-screw', 'The Turn of the Screw', 'Henry James', 'uncanny', 850),
  book('time-machine', 'The Time Machine', 'H. G. Wells', 'future', 890),
  book('war-of-the-worlds', 'The War of the Worlds', 'H. G. Wells', 'future', 990),
  book('journey-to-the-centre', 'Journey to the Centre of the Earth', 'Jules Verne', 'future', 1090),
  book('study-in-scarlet', 'A Study in Scarlet', 'Arthur Conan Doyle', 'crime', 840),
  book('moonstone', 'The Moonstone', 'Wilkie Collins', 'crime', 1240),
  book('crime-and-punishment', 'Crime and Punishment', 'Fyodor Dostoevsky', 'crime', 1540),
  book('dream-of-the-red-chamber', '红楼梦', '曹雪芹', 'classic', 2890),
  book('journey-to-the-west', '西游记', '吴承恩', 'classic', 2690),
  book('water-margin', '水浒传', '施耐庵', 'classic', 2590),
  book('three-kingdoms', '三国演义', '罗贯中', 'classic', 2790),
  book('strange-tales', '聊斋志异', '蒲松龄', 'classic', 1890),
];
